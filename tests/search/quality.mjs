// How well the search finds: queries with known answers, put to the search itself over built sites.
//
//     node quality.mjs SAMPLE GENERATED SOURCE [LEAST]
//
// SAMPLE is the built sample, GENERATED the built site of `cargo xtask corpus 10000 SOURCE`. The queries are those of
// queries.json; of a generated briefing the query is some words of its title and the family name of one of its people.
// Printed is the mean reciprocal rank (1 when each answer comes first, 0.5 when each comes second; names and briefings
// are two lists, as on the page), and how much a query loads. Exits 1 when the rank is below LEAST, a query loads more
// than 100 kB, or a word is split otherwise than by the index.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

const [sample, generated, source, least = "0.9"] = process.argv.slice(2);
if (source === undefined) {
  console.error("usage: node quality.mjs SAMPLE GENERATED SOURCE [LEAST]");
  process.exit(2);
}
const read = (path) => readFile(new URL(path, import.meta.url), "utf8");
// Browsers take the file as a module by the page; Node would by its name.
const module = Buffer.from(await read("../../themes/default/assets/search.js")).toString("base64");
const { Index, words } = await import(`data:text/javascript;base64,${module}`);
const queries = JSON.parse(await read("queries.json"));
const faults = [];

for (const [text, expected] of Object.entries(JSON.parse(await read("../data/search-words.json")))) {
  if (JSON.stringify(words(text)) !== JSON.stringify(expected)) faults.push(`${text}: ${words(text)}, not ${expected}`);
}

/** A search that counts what it loads. */
function searchOf(folder) {
  const counted = { bytes: 0, files: 0 };
  const index = new Index(async (path) => {
    const file = await readFile(join(folder, "search", path));
    counted.bytes += file.length;
    counted.files += 1;
    return file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
  });
  return { index, counted };
}

/** Words of a generated briefing's title, and who is in it. */
async function generatedQuery(number) {
  const name = (await readdir(join(source, "content/briefings"))).sort()[number];
  const text = await readFile(join(source, "content/briefings", name), "utf8");
  const title = /^title: "(.*) \(\d+\)"$/m.exec(text)[1].split(" ");
  const person = /^people: \[([^,\]]+)/m.exec(text)[1].split(" ").at(-1);
  return [`${title.filter((word) => word.length > 3).slice(0, 5).join(" ")} ${person}`, `briefings/${name.slice(11, -3)}/`];
}

const loads = [];
const times = [];

async function rankOf(folder, query, answer) {
  // Each query begins anew: what another one has loaded is no help.
  const { index, counted } = searchOf(folder);
  await index.start();
  counted.bytes = counted.files = 0;
  const begun = performance.now();
  const found = await index.search(query);
  const articles = await Promise.all(found.numbers.slice(0, 8).map((number) => index.article(number)));
  times.push(performance.now() - begun);
  loads.push({ query, ...counted });
  const urls = answer.startsWith("briefings/") ? articles.map((one) => one.url) : found.entities.map((one) => one.url);
  return urls.slice(0, 10).indexOf(answer) + 1;
}

const asked = [
  ...queries.sample.map((one) => [sample, ...one]),
  ...queries.generated.names.map((one) => [generated, ...one]),
  ...(await Promise.all(queries.generated.briefings.map(generatedQuery))).map((one) => [generated, ...one]),
];
let sum = 0;
for (const [folder, query, answer] of asked) {
  const rank = await rankOf(folder, query, answer);
  sum += rank > 0 ? 1 / rank : 0;
  if (rank !== 1) console.log(`${rank === 0 ? "not found" : `rank ${rank}`}: “${query}” for ${answer}`);
}
const middle = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];
const most = loads.reduce((most, one) => (one.bytes > most.bytes ? one : most));
console.log(`mean reciprocal rank of ${asked.length} queries: ${(sum / asked.length).toFixed(3)}`);
console.log(`a query loads ${middle(loads.map((one) => one.bytes))} bytes in ${middle(loads.map((one) => one.files))} files, at most ${most.bytes} (“${most.query}”), and takes ${middle(times).toFixed(1)} ms in the middle`);
if (most.bytes > 100_000) faults.push(`“${most.query}” loads ${most.bytes} bytes`);
if (sum / asked.length < Number(least)) faults.push(`the rank is below ${least}`);
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
