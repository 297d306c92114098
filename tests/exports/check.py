"""Reads the exported graphs of a built site as their users do, and checks what the readers let pass.

    python check.py FOLDER

followthemoney accepts missing required properties, unknown ones, and references that lead nowhere; so each of these is
looked at here. Prints one line, and one more for each fault; ends with 1 when there is one.
"""

import json
import sys
from pathlib import Path

import networkx
from followthemoney import model
from followthemoney.exc import InvalidData


def faults_of_ftm(rows):
    ids = {}
    for row in rows:
        if row["id"] in ids:
            yield f"{row['id']} is there twice"
        ids[row["id"]] = row["schema"]
    for row in rows:
        schema = model.get(row["schema"])
        if schema is None:
            yield f"{row['id']}: there is no schema {row['schema']}"
            continue
        try:
            schema.validate(row)
        except InvalidData as fault:
            yield f"{row['id']}: {fault} {fault.errors}"
        for name in schema.required:
            if not row["properties"].get(name):
                yield f"{row['id']}: {row['schema']} lacks {name}"
        for name, values in row["properties"].items():
            prop = schema.get(name)
            if prop is None or prop.stub:
                yield f"{row['id']}: {row['schema']} has no property {name}"
                continue
            for value in values:
                if prop.type.name == "entity":
                    if value not in ids:
                        yield f"{row['id']}: {name} leads to {value}, which is not there"
                    elif not model.get(ids[value]).is_a(prop.range):
                        yield f"{row['id']}: {name} leads to a {ids[value]}"
                elif prop.type.clean(value) is None:
                    yield f"{row['id']}: {value!r} is no {prop.type.name} for {name}"


def faults_of_json(graph):
    ids = [node["id"] for node in graph["nodes"]]
    if len(ids) != len(set(ids)):
        yield "two nodes have one id"
    ends = [(edge["source"], edge["target"]) for edge in graph["edges"]]
    if len({frozenset(pair) for pair in ends}) != len(ends):
        yield "two edges join the same nodes"
    references = [id for pair in ends for id in pair]
    references += [role[key] for role in graph["roles"] for key in ("person", "country", "organization") if key in role]
    references += [relation[key] for relation in graph["relations"] for key in ("source", "target")]
    for id in sorted(set(references) - set(ids)):
        yield f"{id} is no node"
    for edge in graph["edges"]:
        if sum(edge["years"].values()) > edge["weight"] or edge["about"] > edge["weight"]:
            yield f"the numbers of {edge} do not add up"


def main(folder):
    lines = (folder / "graph.ftm.json").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    graph = json.loads((folder / "graph.json").read_text(encoding="utf-8"))
    read = networkx.read_graphml(folder / "graph.graphml")
    faults = list(faults_of_ftm(rows)) + list(faults_of_json(graph))
    if (read.number_of_nodes(), read.number_of_edges()) != (len(graph["nodes"]), len(graph["edges"])):
        faults.append("graph.graphml and graph.json differ")
    for source, target, data in read.edges(data=True):
        if not isinstance(data["weight"], int):
            faults.append(f"{source} to {target} has no number")
    print(f"{len(rows)} entities of FollowTheMoney, {len(graph['nodes'])} nodes, {len(graph['edges'])} edges: {len(faults)} faults")
    print("\n".join(faults[:50]), end="\n" if faults else "")
    return 1 if faults or not rows else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
