// Takes pictures of a built site, for people to look at.
//
//     node shots.mjs FOLDER BASE_URL OUT_FOLDER
//
// Of each kind of page the largest, at two widths, light and dark, at full length: `people-x.390.dark.png`.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { SCHEMES, eachOf, launch, newReader } from "./browser.mjs";
import { loadSite, samplePages, serve } from "./site.mjs";

const SHOT_WIDTHS = [390, 1440];
const LONGEST = 6000;

const [folder, baseUrl, out] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node shots.mjs FOLDER BASE_URL OUT_FOLDER");
  process.exit(2);
}
const base = new URL(baseUrl);
const files = await loadSite(folder);
const largest = new Map(samplePages(files).map((page) => [page.kind, page]));
const server = await serve(files, base.pathname);
const browser = await launch();
await mkdir(out, { recursive: true });

let taken = 0;
await eachOf(largest.values(), async (page) => {
  const name = page.address.replace(/\.html$/, "").replace(/\/$/, "").replaceAll("/", "-") || "home";
  for (const width of SHOT_WIDTHS) {
    for (const scheme of SCHEMES) {
      const reader = await newReader(browser, { width, scheme });
      const tab = await reader.newPage();
      await tab.goto(server.origin + base.pathname + page.address.split("/").map(encodeURIComponent).join("/"));
      await tab.evaluate(() => document.fonts.ready.then(() => undefined));
      const length = await tab.evaluate(() => document.documentElement.scrollHeight);
      await tab.screenshot({
        path: join(out, `${name}.${width}.${scheme}.png`),
        fullPage: true,
        // A picture of a very long page is of no use to anybody.
        clip: { x: 0, y: 0, width, height: Math.min(length, LONGEST) },
      });
      taken += 1;
      await reader.close();
    }
  }
});
await browser.close();
await server.close();
console.log(`${taken} pictures in ${out}`);
