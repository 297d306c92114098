// Holds every object of JSON-LD on a built site against the types of schema.org, as `schema-dts` writes them for
// TypeScript: an unknown property, a value of a wrong type or a type that there is not is an error.
//
//     node check.mjs FOLDER
//
// Each object of a graph is one constant of the type that it names. Of each kind of page all that the site has are
// looked at, up to a number. Prints one line, and the compiler's words for each fault; ends with 1 when there is one.

import { spawnSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { loadSite } from "../browser/site.mjs";

const MOST_OF_A_KIND = 12;
// What must be there, so that a theme that forgets a page is found.
const WANTED = ["WebSite", "ReportageNewsArticle", "ProfilePage", "WebPage", "CollectionPage", "BreadcrumbList"];

const modules = fileURLToPath(new URL("../browser/node_modules", import.meta.url));
const files = await loadSite(process.argv[2]);
const perKind = new Map();
const constants = [];
const types = new Map();
let without = 0;
for (const [path, body] of files) {
  const page = body.toString("utf8");
  if (!path.endsWith(".html") || /<meta[^>]+noindex/.test(page)) continue;
  const found = /<script type="?application\/ld\+json"?>(.*?)<\/script>/s.exec(page);
  if (found === null) {
    console.log(`${path} has no JSON-LD`);
    without += 1;
    continue;
  }
  const graph = JSON.parse(found[1]);
  if (graph["@context"] !== "https://schema.org") throw new Error(`${path} has another context`);
  for (const node of graph["@graph"]) {
    const kind = `${path.split("/")[0]} ${node["@type"]} ${node.mainEntity?.["@type"] ?? ""}`;
    perKind.set(kind, (perKind.get(kind) ?? 0) + 1);
    if (perKind.get(kind) > MOST_OF_A_KIND) continue;
    types.set(node["@type"], (types.get(node["@type"]) ?? 0) + 1);
    // Actions have properties that say what is to be typed; the types have a type of their own for those.
    if (node.potentialAction !== undefined) {
      const type = `s.WithActionConstraints<s.${node.potentialAction["@type"]}>`;
      constants.push(`// ${path}\nexport const n${constants.length}: ${type} = ${JSON.stringify(node.potentialAction, null, 1)};\n`);
      delete node.potentialAction;
    }
    constants.push(`// ${path}\nexport const n${constants.length}: s.${node["@type"]} = ${JSON.stringify(node, null, 1)};\n`);
  }
}
const folder = await mkdtemp(join(tmpdir(), "crossbrief-schema-"));
await symlink(modules, join(folder, "node_modules"));
const header = 'import type * as s from "schema-dts";\n';
await writeFile(join(folder, "graph.ts"), header + constants.join(""));
// The judge is judged: what is wrong on purpose must be found.
await writeFile(join(folder, "wrong.ts"), `${header}export const w: s.NewsArticle = {"@type": "NewsArticle", "headlin": "x"};\n`);
const tsc = (file) =>
  spawnSync(process.execPath, [
    join(modules, "typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--noErrorTruncation", "false",
    "--moduleResolution", "bundler", "--module", "esnext", file,
  ], { cwd: folder, encoding: "utf8" });
const wrong = tsc("wrong.ts");
const told = tsc("graph.ts");
await rm(folder, { recursive: true });
const absent = WANTED.filter((type) => !types.has(type));
const faults = told.stdout.split("\n").filter((line) => /error TS/.test(line));
console.log(`${constants.length} objects of ${types.size} types (${[...types].map(([type, count]) => `${type} ${count}`).join(", ")}): ${faults.length} faults`);
for (const line of faults.slice(0, 30)) console.log(line.slice(0, 600));
if (absent.length > 0) console.log(`not there: ${absent.join(", ")}`);
if (!/headlin/.test(wrong.stdout)) console.log("a property that there is not was let through");
const failed = faults.length > 0 || told.status !== 0 || absent.length > 0 || without > 0 || !/headlin/.test(wrong.stdout);
process.exit(failed ? 1 : 0);
