// Types into the search of a built site, and checks what a reader finds and how they get about without a mouse.
//
//     node search.mjs CROSSBRIEF [SHOTS]
//
// CROSSBRIEF is the program. A small site in four scripts is built and served below a path, under the published Content
// Security Policy. With SHOTS, a folder, pictures are put there. Exits 1 at the first thing that is not as it should be.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { SCHEMES, launch, newReader } from "./browser.mjs";
import { loadSite, publishedHeaders, serve } from "./site.mjs";

const [program, shots] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "crossbrief-search-"));
const BASE = "/desk/";

async function put(path, content) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

await put("site.yaml", `title: Desk\nbase_url: https://example.org${BASE}\n`);
await put("content/people/volodymyr-zelenskyy.md", `---
name: Volodymyr Zelenskyy
native_name: Володимир Зеленський
aliases: [Zelensky]
roles: [{title: President, country: Ukraine, start: 2019-05-20}]
---
`);
const more = "The harbour stayed open while the talks went on, and nobody said for how long. ".repeat(8);
const briefing = (name, front, text) => put(`content/briefings/${name}.md`, `---\n${front}\n---\n${text}\n`);
await briefing("2025-12-10-talks", "title: Talks on the harbour\nsummary: Two sides meet.\npeople: [Volodymyr Zelenskyy]\ncountries: [Ukraine]\ntopics: [Shipping]", `${more}\n\nA tanker with naphtha waited off Constanța, said the Côte d’Ivoire envoy.\n\n${more}`);
await briefing("2025-11-02-kyiv", "title: Київ готується до зими\nlang: uk\ncountries: [Ukraine]\ntopics: [Energy]", `${"Станції працюють. ".repeat(20)}\n\nУряд закупив трансформатори для підстанцій.`);
await briefing("2025-10-03-cairo", "title: القاهرة تستضيف محادثات جديدة\nlang: ar\ncountries: [Egypt]", "قال الوزير إن المفاوضات بشأن المياه ستستمر حتى نهاية الشهر.");
await briefing("2024-09-04-beijing", "title: 北京宣布新的出口管制\nlang: zh\ncountries: [China]\ntopics: [Trade]", "商务部表示，稀土出口需要新的许可证，措施自下月起实施。");
await briefing("2024-05-05-inner", "title: For the desk alone\ntlp: GREEN\ncountries: [Ukraine]", "The naphtha belongs to a third party.");
for (let index = 0; index < 20; index += 1) {
  await briefing(`2023-0${1 + (index % 9)}-11-note-${index}`, `title: Note ${index} on grain\ntopics: [Trade]`, `Grain and corridors, part ${index}.`);
}
execFileSync(program, ["build", "--source", folder, "--output", join(folder, "public"), "--audience", "green"], { stdio: "inherit" });
const files = await loadSite(join(folder, "public"));
const server = await serve(files, BASE, await publishedHeaders());
const browser = await launch();

/** Opens a page of the site; what goes wrong there by itself ends everything. */
async function open(reader, path) {
  const tab = await reader.newPage();
  tab.loaded = [];
  tab.on("pageerror", (error) => assert.fail(`script error: ${error.message}`));
  tab.on("console", (message) => message.type() === "error" && assert.fail(`console: ${message.text()}`));
  tab.on("response", (response) => tab.loaded.push(decodeURIComponent(new URL(response.url()).pathname)));
  await tab.goto(server.origin + BASE + path);
  return tab;
}

const titles = (tab) => tab.locator("#search-hits h3").allTextContents();
const names = (tab) => tab.locator("#search-names a").allTextContents();
const focused = (tab) => tab.evaluate(() => document.activeElement.id || document.activeElement.textContent);

/** Types a query and waits for what it finds. */
async function type(tab, query) {
  await tab.locator("#search-field").fill("");
  await tab.locator("#search-field").pressSequentially(query);
  await tab.waitForFunction((query) => new URL(location.href).searchParams.get("q") === query, query.trim());
  await tab.waitForFunction(() => document.querySelector("#search-hits li, #search-names li") !== null || /Nothing was/.test(document.getElementById("search-status").textContent));
  await tab.waitForTimeout(150);
}

async function step(name, work) {
  await work();
  console.log(`ok: ${name}`);
}

const reader = await newReader(browser, { width: 1440, scheme: "light" });
const tab = await open(reader, "briefings/talks/");

await step("`/` leads to the search from every page", async () => {
  assert.ok(!tab.loaded.some((path) => path.includes("/search/")), "pages load nothing of it");
  await Promise.all([tab.waitForURL("**/search/*"), tab.keyboard.press("/")]);
  await tab.waitForFunction(() => document.activeElement.id === "search-field");
});

for (const [script, query, title, mark] of [
  ["Latin", "naphtha waited", "Talks on the harbour", "naphtha"],
  ["Latin without accents", "constanta cote", "Talks on the harbour", "Constanța"],
  ["Cyrillic", "трансформаторів", "Київ готується до зими", "трансформатори"],
  ["Arabic", "مفاوضات", "القاهرة تستضيف محادثات جديدة", "المفاوضات"],
  ["Chinese", "稀土出口", "北京宣布新的出口管制", "稀土出口"],
]) {
  await step(`a passage in ${script} is found and marked: ${query}`, async () => {
    await type(tab, query);
    assert.equal((await titles(tab))[0], title);
    const marked = await tab.locator("#search-hits li").first().locator(".sentence mark").allTextContents();
    assert.ok(marked.join("").includes(mark), `${marked}`);
  });
}

await step("names are found in other spellings and scripts, with kind, flag and count", async () => {
  for (const query of ["Zelensky", "zelenskiy", "Зеленський", "volodymyr zel"]) {
    await type(tab, query);
    assert.equal((await names(tab))[0], "Volodymyr Zelenskyy", query);
    assert.ok((await titles(tab)).includes("Talks on the harbour"), query);
  }
  await type(tab, "ukrain");
  const line = tab.locator("#search-names li").first();
  assert.match(await line.textContent(), /^Ukraine Country 3 briefings/);
  assert.equal(await line.locator("img").getAttribute("src"), `${BASE}flags/ua.svg`);
  assert.ok(await line.locator("img").evaluate((image) => image.complete && image.naturalWidth > 0));
});

await step("what is marked says so", async () => {
  await type(tab, "third party");
  assert.equal((await titles(tab))[0], "For the desk alone");
  assert.equal(await tab.locator("#search-hits .tlp").first().textContent(), "TLP:GREEN");
});

await step("arrows go through what was found and back, Enter opens it", async () => {
  await type(tab, "grain");
  assert.equal((await titles(tab)).length, 8);
  await tab.waitForFunction(() => document.getElementById("search-status").textContent === "20 briefings");
  await tab.keyboard.press("ArrowDown");
  const first = await focused(tab);
  assert.equal(first, (await titles(tab))[0]);
  await tab.keyboard.press("ArrowDown");
  assert.equal(await focused(tab), (await titles(tab))[1]);
  await tab.keyboard.press("ArrowUp");
  await tab.keyboard.press("ArrowUp");
  assert.equal(await focused(tab), "search-field");
  for (let press = 0; press < 9; press += 1) await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("Enter");
  await tab.waitForFunction(() => document.querySelectorAll("#search-hits h3").length === 16);
  assert.equal(await focused(tab), (await titles(tab))[8]);
  await tab.keyboard.press("Escape");
  assert.equal(await focused(tab), "search-field");
  await tab.keyboard.press("ArrowDown");
  await Promise.all([tab.waitForURL("**/briefings/note-*/"), tab.keyboard.press("Enter")]);
  await tab.goBack();
  await tab.waitForFunction(() => document.querySelectorAll("#search-hits h3").length === 8);
  assert.equal(await tab.locator("#search-field").inputValue(), "grain");
});

await step("kind, date and topic choose, and stand in the address", async () => {
  await type(tab, "ukraine");
  await tab.locator("select[name=kind]").selectOption("country");
  await tab.waitForFunction(() => document.querySelectorAll("#search-hits li").length === 0);
  assert.deepEqual(await names(tab), ["Ukraine"]);
  await tab.locator("select[name=kind]").selectOption("");
  await tab.locator("select[name=date]").selectOption("2025");
  await tab.waitForFunction(() => document.querySelectorAll("#search-hits li").length === 2);
  await tab.locator("select[name=topic]").selectOption({ label: "Energy (1)" });
  await tab.waitForFunction(() => document.querySelectorAll("#search-hits li").length === 1);
  assert.deepEqual(await titles(tab), ["Київ готується до зими"]);
  const again = await open(reader, new URL(tab.url()).pathname.slice(BASE.length) + new URL(tab.url()).search);
  await again.waitForFunction(() => document.querySelectorAll("#search-hits li").length === 1);
  assert.deepEqual(await titles(again), ["Київ готується до зими"]);
  await again.close();
  await tab.locator("select[name=date]").selectOption("");
  await tab.locator("select[name=topic]").selectOption({ label: "Trade (21)" });
  await tab.locator("#search-field").fill("");
  await tab.waitForFunction(() => document.getElementById("search-status").textContent === "21 briefings");
  await tab.locator("select[name=topic]").selectOption("");
  await tab.waitForFunction(() => !document.getElementById("search-lists").hidden);
});

await step("nothing found is said, and a wrong letter is forgiven", async () => {
  await type(tab, "qqqqzzz");
  await tab.waitForFunction(() => /^Nothing was found/.test(document.getElementById("search-status").textContent));
  await type(tab, "naptha");
  assert.equal((await titles(tab)).length, 2);
  await type(tab, "<img src=x onerror=alert(1)> naphtha");
  assert.equal(await tab.locator("#search-hits img").count(), 0);
});

await step("a query loads little", async () => {
  await tab.goto(`${server.origin}${BASE}search/`);
  await tab.waitForFunction(() => document.querySelectorAll("select[name=topic] option").length > 1);
  const before = tab.loaded.length;
  await type(tab, "grain corridors");
  const loaded = [...new Set(tab.loaded.slice(before))].map((path) => files.get(path.slice(BASE.length)).length);
  const sum = loaded.reduce((sum, size) => sum + size, 0);
  assert.ok(sum > 0 && sum <= 100_000, `${sum}`);
  console.log(`   ${sum} bytes in ${loaded.length} files`);
});

await step("what is missing while the site is published anew is done without", async () => {
  const tab = await reader.newPage();
  tab.on("pageerror", (error) => assert.fail(`script error: ${error.message}`));
  const taken = async (folder, query) => {
    await tab.goto(`${server.origin}${BASE}search/`);
    const loaded = [];
    tab.on("response", (response) => loaded.push(decodeURIComponent(new URL(response.url()).pathname).slice(BASE.length)));
    await type(tab, query);
    const before = await titles(tab);
    const path = loaded.find((path) => path.startsWith(folder));
    const bytes = files.get(path);
    files.delete(path);
    await tab.reload();
    await tab.waitForFunction(() => /published anew/.test(document.getElementById("search-status").textContent));
    const during = await titles(tab);
    files.set(path, bytes);
    // The page that is open finds it as soon as it is there.
    await type(tab, query);
    await tab.waitForFunction(() => !/published anew/.test(document.getElementById("search-status").textContent));
    assert.deepEqual(await titles(tab), before);
    return [before, during];
  };
  const [before, during] = await taken("search/texts/", "grain");
  assert.ok(during.length > 0 && during.length < before.length, `${before.length} ${during.length}`);
  assert.ok(during.every((title) => before.includes(title)));
  await taken("search/words/", "naphtha");
  await tab.close();
});
await reader.close();

await step("without scripts the lists are there, and no field", async () => {
  const without = await newReader(browser, { width: 390, scheme: "light", scripts: false });
  const page = await open(without, "search/?q=grain");
  assert.ok(await page.locator("#search-lists a", { hasText: "Countries" }).isVisible());
  assert.ok(!(await page.locator("#search-field").isVisible()));
  if (shots) await page.screenshot({ path: join(shots, "search.no-script.png") });
  await without.close();
});

if (shots) {
  await mkdir(shots, { recursive: true });
  for (const width of [390, 1440]) {
    for (const scheme of SCHEMES) {
      const one = await newReader(browser, { width, scheme });
      for (const [name, path] of [["empty", "search/"], ["hits", "search/?q=ukraine+naphtha"], ["names", "search/?q=ukr"], ["arabic", "search/?q=مفاوضات"]]) {
        const page = await open(one, path);
        await page.waitForTimeout(500);
        await page.screenshot({ path: join(shots, `search-${name}.${width}.${scheme}.png`) });
        await page.close();
      }
      await one.close();
    }
  }
}
await browser.close();
await server.close();
await rm(folder, { recursive: true });
