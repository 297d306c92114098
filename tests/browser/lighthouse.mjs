// Asks Lighthouse for its judgment of a built site, as somebody with a phone on a slow line sees it.
//
//     node lighthouse.mjs FOLDER BASE_URL [REPORTS]
//
// BASE_URL is the one that the site was built with. The home page, the search page and the largest briefing, person,
// country and pair are served as a host would serve them: packed, with the published headers. Each must be given 100 in each
// category; the table is printed, and what cost points below it. The reports as pages are written to the folder REPORTS.
//
// The time that a page takes is guessed from one load on this machine, so a page that lacks points is loaded again, up to
// ATTEMPTS times, and the best one counts.

import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import lighthouse, { generateReport } from "lighthouse";

import { launch } from "./browser.mjs";
import { loadSite, publishedHeaders, samplePages, serve } from "./site.mjs";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const KINDS = new Map([
  ["home", ""],
  ["briefing", "briefings/*/"],
  ["person", "people/*/"],
  ["country", "countries/*/"],
  ["pair", "countries/*+*/"],
  ["search", "search/"],
]);
const ATTEMPTS = 4;

const [folder, baseUrl, reports] = process.argv.slice(2);
if (baseUrl === undefined) {
  console.error("usage: node lighthouse.mjs FOLDER BASE_URL [REPORTS]");
  process.exit(2);
}
const base = new URL(baseUrl);
const files = await loadSite(folder);
const largest = new Map(samplePages(files).map((page) => [page.kind, page]));
const server = await serve(files, base.pathname, await publishedHeaders(), { packed: true });
const port = await freePort();
const browser = await launch([`--remote-debugging-port=${port}`]);

const faults = [];
console.log(["page".padEnd(10), ...CATEGORIES.map((name) => name.padStart(16))].join(""));
for (const [name, kind] of KINDS) {
  const page = largest.get(kind);
  if (page === undefined) {
    faults.push(`${name}: there is no such page`);
    continue;
  }
  const found = await best(server.origin + base.pathname + page.address.split("/").map(encodeURIComponent).join("/"));
  console.log([name.padEnd(10), ...CATEGORIES.map((category) => String(score(found, category)).padStart(16))].join(""), ` ${page.address}`);
  faults.push(...costs(found).map((cost) => `${page.address || "/"}: ${cost}`));
  if (reports !== undefined) {
    await mkdir(reports, { recursive: true });
    await writeFile(join(reports, `${name}.html`), generateReport(found, "html"));
  }
}
await browser.close();
await server.close();
faults.forEach((fault) => console.log(fault));
process.exit(faults.length > 0 ? 1 : 0);

/** Judges a page, again while it lacks points. */
async function best(address) {
  let found;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { lhr } = await lighthouse(address, { port, logLevel: "silent", onlyCategories: CATEGORIES });
    if (found === undefined || points(lhr) > points(found)) found = lhr;
    if (points(found) === 100 * CATEGORIES.length) break;
  }
  return found;
}

function score(found, category) {
  return Math.round((found.categories[category]?.score ?? 0) * 100);
}

function points(found) {
  return CATEGORIES.reduce((sum, category) => sum + score(found, category), 0);
}

/** What cost points, in the categories that lack some. */
function costs(found) {
  if (found.runtimeError !== undefined) return [found.runtimeError.message];
  return CATEGORIES.filter((category) => score(found, category) < 100).flatMap((category) => {
    const audits = found.categories[category].auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => found.audits[id]);
    const bad = audits.filter((audit) => audit.score !== null && audit.score < 1);
    return bad.map(({ id, title, displayValue, details }) => {
      const first = details?.items?.[0];
      const where = first?.node?.snippet ?? first?.source?.snippet ?? "";
      return `${category} ${id}: ${title} ${displayValue ?? ""} ${where}`.trim();
    });
  });
}

/** A port that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
