// Reads a built site as a reader does: previews of links, citations that can be copied, and a briefing on paper.
//
//     node reading.mjs FOLDER BASE_URL [SHOTS]
//
// BASE_URL is the one that the site was built with. All is done under the published headers; pictures go to SHOTS.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { SCHEMES, launch, newReader } from "./browser.mjs";
import { loadSite, lookUp, publishedHeaders, samplePages, serve } from "./site.mjs";

const [folder, baseUrl, shots] = process.argv.slice(2);
if (baseUrl === undefined) {
  console.error("usage: node reading.mjs FOLDER BASE_URL [SHOTS]");
  process.exit(2);
}
const base = new URL(baseUrl);
const files = await loadSite(folder);
const server = await serve(files, base.pathname, await publishedHeaders());
const browser = await launch();
const home = server.origin + base.pathname;
const briefing = home + samplePages(files).find(({ kind }) => kind === "briefings/*/").address;
const marked = [...files].find(([path, body]) => path.startsWith("briefings/") && /<body class="[^"]*sheet-/.test(body.toString("utf8")));
const cited = [...files].find(([path, body]) => /^briefings\/.*index\.html$/.test(path) && body.toString("utf8").includes("footnote-ref"))[0].replace("index.html", "");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LINK = ".prose a.entity";

const CHECKS = {
  async "the pointer brings a preview, which stays under it and goes with Escape"() {
    await opened({}, async (tab) => {
      const link = tab.locator(LINK).first();
      const target = files.get(lookUp(files, (await address(link)).slice(base.pathname.length))).toString("utf8");
      await link.hover();
      const card = tab.locator("#preview");
      await card.waitFor();
      const title = await card.locator(".title").innerText();
      assert.ok(target.includes(title), `${title} is the head of the page`);
      assert.equal(await link.getAttribute("aria-describedby"), "preview");
      // Onto the card, where the pointer may rest.
      const box = await card.boundingBox();
      await tab.mouse.move(box.x + 10, box.y + 10, { steps: 4 });
      await tab.evaluate(() => new Promise((done) => setTimeout(done, 600)));
      assert.ok(await card.isVisible(), "it stays under the pointer");
      await tab.keyboard.press("Escape");
      await card.waitFor({ state: "detached" });
      assert.equal(await link.getAttribute("aria-describedby"), null);
    });
  },

  async "it goes when the pointer goes elsewhere"() {
    await opened({}, async (tab) => {
      await tab.locator(LINK).first().hover();
      await tab.locator("#preview").waitFor();
      await tab.mouse.move(2, 2);
      await tab.locator("#preview").waitFor({ state: "detached" });
    });
  },

  async "the keyboard brings it too, and takes it away"() {
    await opened({}, async (tab) => {
      const link = tab.locator(LINK).first();
      // The focus must come by the keyboard to be shown.
      await link.evaluate((node) => {
        const before = document.createElement("button");
        node.before(before);
        before.focus();
      });
      await tab.keyboard.press("Tab");
      assert.ok(await link.evaluate((node) => node === document.activeElement));
      await tab.locator("#preview").waitFor();
      await tab.keyboard.press("Tab");
      await tab.locator(`${LINK}[aria-describedby]`).first().waitFor({ state: "detached" });
      assert.equal(await link.getAttribute("aria-describedby"), null);
    });
  },

  async "nothing is loaded for it before it is wanted, and links need no script"() {
    await opened({}, async (tab, asked) => {
      assert.ok(!asked.some((path) => path.includes("/preview.")), asked.join());
    });
    await opened({ scripts: false }, async (tab) => {
      const link = tab.locator(LINK).first();
      const to = await address(link);
      await link.click();
      assert.equal(new URL(tab.url()).pathname, to);
    });
  },

  async "it passes axe in light and dark, and stays within a small window"() {
    for (const scheme of SCHEMES) {
      for (const width of [360, 1440]) {
        // What axe does, no policy allows.
        await opened({ scheme, width, policy: false }, async (tab) => {
          const link = tab.locator(LINK).last();
          await link.scrollIntoViewIfNeeded();
          await link.hover();
          await tab.locator("#preview").waitFor();
          await tab.evaluate(axe);
          const { violations } = await tab.evaluate(() => window.axe.run("#preview"));
          assert.deepEqual(violations.map(({ id }) => id), []);
          const { x, y, width: wide, height } = await tab.locator("#preview").boundingBox();
          const { width: windowWidth, height: windowHeight } = tab.viewportSize();
          assert.ok(x >= 0 && y >= 0 && x + wide <= windowWidth && y + height <= windowHeight, JSON.stringify({ x, y, wide, height }));
          if (shots !== undefined) await tab.screenshot({ path: join(shots, `preview.${width}.${scheme}.png`) });
        });
      }
    }
  },

  async "notes stand beside their marks where there is room, and nowhere else"() {
    const page = home + cited;
    const beside = (tab) =>
      tab.evaluate(() => {
        const marks = [...document.querySelectorAll(".prose .footnote-ref a, .prose .cite a")];
        return [...document.querySelectorAll(".sidenote")].filter((note) => note.checkVisibility()).map((note) => {
          const number = note.querySelector("strong").textContent;
          const lines = marks.filter((mark) => mark.textContent === number).map((mark) => mark.getBoundingClientRect().top);
          const { top, bottom, left } = note.getBoundingClientRect();
          const far = Math.min(...lines.map((line) => Math.abs(top - line)));
          return { top, bottom, far, hidden: note.ariaHidden, right: left > document.querySelector(".prose").getBoundingClientRect().right };
        });
      });
    await opened({ page }, async (tab) => {
      await tab.locator(".sidenote").first().waitFor();
      const notes = await beside(tab);
      assert.ok(notes.length > 3, `${notes.length} notes`);
      for (const [at, note] of notes.entries()) {
        assert.ok(note.far <= 97 && note.right && note.hidden === "true", JSON.stringify(note));
        assert.ok(at === 0 || note.top >= notes[at - 1].bottom, "none stands on another");
      }
      // What one has read of the page is a line at its head.
      const read = () => tab.evaluate(() => getComputedStyle(document.querySelector(".briefing"), "::before").transform);
      assert.equal(await read(), "matrix(0, 0, 0, 1, 0, 0)");
      await tab.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }));
      await tab.waitForFunction(() => getComputedStyle(document.querySelector(".briefing"), "::before").transform.startsWith("matrix(1,"));
      await tab.emulateMedia({ media: "print" });
      assert.deepEqual(await beside(tab), [], "on paper they stand at the end");
      await tab.emulateMedia({ media: "screen" });
      await tab.setViewportSize({ width: 390, height: 844 });
      await tab.locator(".sidenote").first().waitFor({ state: "detached" });
    });
    await opened({ page, scripts: false }, async (tab) => assert.ok(await tab.locator(".footnotes li").first().isVisible()));
  },

  async "on paper each sheet is marked, and links and the briefing’s own address are spelled out"() {
    assert.ok(marked, "the site has a marked briefing");
    await opened({ page: home + marked[0].replace("index.html", "") }, async (tab) => {
      await tab.emulateMedia({ media: "print" });
      const paper = await tab.evaluate(() => {
        const shows = (selector) => document.querySelector(selector)?.checkVisibility() ?? false;
        const after = (selector) => getComputedStyle(document.querySelector(selector), "::after").content;
        return {
          sheet: getComputedStyle(document.body).getPropertyValue("page"),
          marking: document.querySelector(".banner .tlp").className,
          source: after(".source > a.external").includes(document.querySelector(".source > a.external").getAttribute("href")),
          numbered: getComputedStyle(document.querySelector(".sources li"), "::before").content,
          citation: shows('.citations pre[data-style="Chicago"]'),
          others: shows('.citations pre[data-style="RIS"]') || shows(".citations summary") || shows(".masthead nav"),
        };
      });
      assert.equal(`tlp tlp-${paper.sheet}`, paper.marking);
      assert.deepEqual([paper.source, paper.numbered, paper.citation, paper.others], [true, "counter(source)", true, false]);
      assert.ok((await tab.pdf({ format: "A4" })).length > 1000);
    });
  },

  async "each citation is copied as it stands there"() {
    await opened({}, async (tab, _, reader) => {
      await reader.grantPermissions(["clipboard-read", "clipboard-write"]);
      await tab.locator(".citations summary").click();
      const texts = await tab.locator(".citations pre").allInnerTexts();
      assert.equal(texts.length, 4);
      for (const [at, text] of texts.entries()) {
        await tab.locator(".citations button").nth(at).click();
        await tab.locator(".citations [role=status]").nth(at).filter({ hasText: "Copied" }).waitFor();
        assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), text);
      }
      if (shots !== undefined) await tab.locator(".citations").screenshot({ path: join(shots, "cite.png") });
    });
    await opened({ scripts: false }, async (tab) => {
      await tab.locator(".citations summary").click();
      assert.match(await tab.locator(".citations pre").nth(2).innerText(), /^@online\{/);
      assert.equal(await tab.locator(".citations button").count(), 0);
    });
  },
};

if (shots !== undefined) await mkdir(shots, { recursive: true });
let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  try {
    await check();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${error.stack.split("\n").slice(0, 6).join("\n        ")}`);
  }
}
await browser.close();
await server.close();
process.exit(failed > 0 ? 1 : 0);

/** Opens a page in a new profile; nothing may break the policy or fail meanwhile. */
async function opened({ width = 1440, scheme = "light", scripts = true, policy = true, page = briefing }, look) {
  const reader = await newReader(browser, { width, scheme, scripts, policy });
  const tab = await reader.newPage();
  const faults = [];
  const asked = [];
  tab.setDefaultTimeout(10_000);
  tab.on("pageerror", (error) => faults.push(error.message));
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await tab.goto(page, { waitUntil: "load" });
  await look(tab, asked, reader);
  await reader.close();
  assert.deepEqual(faults, []);
}

/** Where a link leads, from the root of the host. */
function address(link) {
  return link.evaluate((node) => new URL(node.href).pathname);
}
