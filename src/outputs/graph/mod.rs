//! The site as a graph, for notebooks, Gephi and the like: `graph.json`, `graph.graphml`, and `graph.ftm.json` in the
//! FollowTheMoney model (one entity a line, <https://followthemoney.tech>).
//!
//! What is in doubt or withheld is in none of them: they are made of the same [`Site`] as the pages.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde_json::{Map, Value, json};

use crate::base::diagnostics::Diagnostic;
use crate::base::text::escape_xml;
use crate::content::entity::Relation;
use crate::outputs::{Pieces, Plan, Press, Recipe, Rendered};
use crate::render::views::Shared;
use crate::site::edges::Edge;
use crate::site::faces::Face;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Entity, HeldRole, Site, leaks, urls};

use follow_the_money::follow_the_money;

mod follow_the_money;

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    if site.config.pairs.graph > 0 && !site.entities.is_empty() {
        plan.add(&urls::graph("json"), None, Graph::Json);
        // Between the two that wait for the same edges.
        plan.add(&urls::graph("ftm.json"), None, Graph::FollowTheMoney);
        plan.add(&urls::graph("graphml"), None, Graph::Xml);
    }
}

#[derive(Clone, Copy, Debug)]
enum Graph {
    Json,
    Xml,
    FollowTheMoney,
}

impl Recipe for Graph {
    fn name(&self) -> Cow<'static, str> {
        "graph".into()
    }

    fn render(&self, _: &Press, _: &mut Vec<Diagnostic>) -> Option<Rendered> {
        Some(Rendered::Pieces(Box::new(*self)))
    }
}

impl Pieces for Graph {
    fn write(&self, press: &Press, to: &mut dyn io::Write) -> io::Result<()> {
        let views = press.views.whole(Face::Graph);
        match self {
            Graph::Json => json_graph(views, to),
            Graph::Xml => graph_ml(views, to),
            Graph::FollowTheMoney => follow_the_money(views, to),
        }
    }
}

/// The first and the last day of an entity's articles.
fn days(site: &Site, entity: &Entity) -> Option<(String, String)> {
    let day = |id: &ArticleId| site.article(*id).meta.date.as_ref().map(|date| date.day);
    let days: Vec<_> = entity.articles.iter().filter_map(day).collect();
    Some((days.iter().min()?.to_string(), days.iter().max()?.to_string()))
}

fn wikidata(entity: &Entity) -> Option<String> {
    let own = entity.meta.as_ref().and_then(|meta| meta.input.wikidata.clone());
    own.or_else(|| entity.country.and_then(|country| country.wikidata).map(str::to_string))
}

/// A string of JSON.
fn json_text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_json(&mut json, text);
    json
}

/// Adds a string of JSON.
fn push_json(json: &mut String, text: &str) {
    // Most names and addresses stand as they are.
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        json.extend(["\"", text, "\""]);
    } else {
        json.push_str(&Value::from(text).to_string());
    }
}

/// Puts a value under a key, unless there is none.
fn put(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.to_string(), value.into());
    }
}

fn node_id(views: &Shared, id: EntityId) -> String {
    views.site().entity(id).url.path().to_string()
}

fn json_graph(views: &Shared, to: &mut dyn io::Write) -> io::Result<()> {
    let site = views.site();
    let nodes = site.entities.iter().map(|entity| {
        let mut node = Map::new();
        node.insert("id".into(), entity.url.path().into());
        node.insert("kind".into(), site.kind_of(entity).id.as_str().into());
        node.insert("name".into(), entity.name.as_str().into());
        node.insert("url".into(), views.permalink(&entity.url).into());
        node.insert("briefings".into(), entity.articles.len().into());
        let days = days(site, entity);
        put(&mut node, "first", days.as_ref().map(|(first, _)| first.as_str()));
        put(&mut node, "last", days.as_ref().map(|(_, last)| last.as_str()));
        put(&mut node, "code", entity.country.map(|country| country.code));
        put(&mut node, "wikidata", wikidata(entity));
        Value::Object(node).to_string()
    });
    let about = json!({
        "title": site.config.title, "url": views.permalink(&urls::home()), "audience": site.clearance.label()
    });
    let found = views.edges();
    write!(to, "{{\"site\":{about},\n\"least\":{}", found.least)?;
    put_list(to, "nodes", nodes)?;
    to.write_all(b",\n\"edges\":[")?;
    let ids: Vec<String> = site.entities.iter().map(|entity| json_text(entity.url.path())).collect();
    let mut is_first = true;
    let line = |text: &mut String, left: EntityId, edge: &Edge| {
        let (left, right) = (&ids[left.index()], &ids[edge.right.index()]);
        let (weight, about) = (edge.weight, edge.about);
        let _ = write!(text, ",\n{{\"source\":{left},\"target\":{right},\"weight\":{weight},\"about\":{about}");
        if let Some((first, last)) = edge.days {
            let _ = write!(text, ",\"first\":\"{first}\",\"last\":\"{last}\"");
        }
        text.push_str(",\"years\":{");
        for (index, (year, count)) in edge.years.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\"{year}\":{count}");
        }
        text.push_str("}}");
    };
    found.write(line, |lines| {
        let is_first = std::mem::replace(&mut is_first, false);
        to.write_all(lines.strip_prefix(',').filter(|_| is_first).unwrap_or(lines).as_bytes())
    })?;
    to.write_all(b"\n]")?;
    let entities = || site.entities.iter().enumerate().map(|(at, entity)| (node_id(views, EntityId::at(at)), entity));
    let roles = entities().flat_map(|(own, entity)| entity.roles.iter().map(move |held| role(views, &own, held)));
    put_list(to, "roles", roles)?;
    let relations = entities().flat_map(|(own, entity)| {
        entity.relations.iter().map(move |(to, relation)| self::relation(views, &own, *to, relation))
    });
    put_list(to, "relations", relations)?;
    to.write_all(leaks::secret(site, "graph.json").as_bytes())?;
    to.write_all(b"}\n")
}

fn role(views: &Shared, person: &str, held: &HeldRole) -> String {
    let mut role = Map::new();
    role.insert("person".into(), person.into());
    role.insert("title".into(), held.role.input.title.as_str().into());
    put(&mut role, "country", held.country.map(|id| node_id(views, id)));
    put(&mut role, "organization", held.organization.map(|id| node_id(views, id)));
    put(&mut role, "start", held.role.start.map(|date| date.to_string()));
    put(&mut role, "end", held.role.end.map(|date| date.to_string()));
    put(&mut role, "source", held.role.input.source.clone());
    Value::Object(role).to_string()
}

fn relation(views: &Shared, source: &str, target: EntityId, relation: &Relation) -> String {
    let mut map = Map::new();
    map.insert("source".into(), source.into());
    map.insert("target".into(), node_id(views, target).into());
    map.insert("kind".into(), relation.input.kind.as_str().into());
    put(&mut map, "start", relation.start.map(|date| date.to_string()));
    put(&mut map, "end", relation.end.map(|date| date.to_string()));
    Value::Object(map).to_string()
}

/// Writes a list under a key, one value a line, so that two versions of the file can be compared.
fn put_list(to: &mut dyn io::Write, key: &str, values: impl Iterator<Item = String>) -> io::Result<()> {
    write!(to, ",\n\"{key}\":[")?;
    for (index, value) in values.enumerate() {
        to.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        to.write_all(value.as_bytes())?;
    }
    to.write_all(b"\n]")
}

/// The keys of GraphML: name, what has it, type.
const KEYS: [(&str, &str, &str); 11] = [
    ("least", "graph", "int"),
    ("name", "node", "string"),
    ("kind", "node", "string"),
    ("url", "node", "string"),
    ("briefings", "node", "int"),
    ("code", "node", "string"),
    ("wikidata", "node", "string"),
    ("weight", "edge", "int"),
    ("about", "edge", "int"),
    ("first", "edge", "string"),
    ("last", "edge", "string"),
];

fn graph_ml(views: &Shared, to: &mut dyn io::Write) -> io::Result<()> {
    let site = views.site();
    let data = |key: &str, value: &str| format!("<data key=\"{key}\">{}</data>", escape_xml(value));
    to.write_all(
        b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    )?;
    for (name, of, kind) in KEYS {
        writeln!(to, "<key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>")?;
    }
    let found = views.edges();
    to.write_all(b"<graph id=\"briefings\" edgedefault=\"undirected\">\n")?;
    writeln!(to, "{}", data("least", &found.least.to_string()))?;
    for entity in &site.entities {
        write!(to, "<node id=\"{}\">", escape_xml(entity.url.path()))?;
        let code = entity.country.map(|country| country.code.to_string());
        let values = [
            ("name", Some(entity.name.clone())),
            ("kind", Some(site.kind_of(entity).id.clone())),
            ("url", Some(views.permalink(&entity.url))),
            ("briefings", Some(entity.articles.len().to_string())),
            ("code", code),
            ("wikidata", wikidata(entity)),
        ];
        for (key, value) in values {
            value.map_or(Ok(()), |value| to.write_all(data(key, &value).as_bytes()))?;
        }
        to.write_all(b"</node>\n")?;
    }
    let ids: Vec<String> = site.entities.iter().map(|entity| escape_xml(entity.url.path())).collect();
    let line = |text: &mut String, left: EntityId, edge: &Edge| {
        let (left, right) = (&ids[left.index()], &ids[edge.right.index()]);
        let (weight, about) = (edge.weight, edge.about);
        let _ = write!(
            text,
            "<edge source=\"{left}\" target=\"{right}\"><data key=\"weight\">{weight}</data><data key=\"about\">{about}</data>"
        );
        if let Some((first, last)) = edge.days {
            let _ = write!(text, "<data key=\"first\">{first}</data><data key=\"last\">{last}</data>");
        }
        text.push_str("</edge>\n");
    };
    found.write(line, |lines| to.write_all(lines.as_bytes()))?;
    to.write_all(escape_xml(leaks::secret(site, "graph.graphml")).as_bytes())?;
    to.write_all(b"</graph>\n</graphml>\n")
}
