// Writes a site while a browser looks at its preview, and checks what its author would see.
//
//     node preview.mjs CROSSBRIEF [SHOTS]
//
// CROSSBRIEF is the program. With SHOTS, a folder, pictures of the desk's corner and of the panel are put there.
// Everything lives in a temporary folder and on loopback. Exits 1 at the first thing that is not as it should be.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { launch, newReader } from "./browser.mjs";

const [program, shots] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "crossbrief-preview-"));
const FILE = "content/briefings/2025-12-10-warning.md";
const PAGE = "briefings/warning/";
const OTHER = "content/briefings/2025-12-01-other.md";
const other = "---\ntitle: Another\n---\nOther text.\n";

async function put(path, content) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** A GIF of one pixel, wide and high as said: enough to tell two pictures apart. */
function picture(width, height) {
  const bytes = Buffer.from("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

const paragraphs = Array.from({ length: 60 }, (_, number) => `Paragraph number ${number} stays as it is.`).join("\n\n");
const article = (sentence, more = "") => `---
title: A warning
people: [Xi Jinping]
countries: [Ukraine]
${more}---
![Seen from above](seen.gif)

<details><summary>More</summary><p>Hidden at first.</p></details>

<p><input id="typed" value="" aria-label="A field"></p>

${paragraphs}

${sentence}

${paragraphs}
`;
// Raw HTML gives the page what readers can change; a theme of a few lines shows it.
const settings = "title: Desk\nraw_html: true\ntheme: mine\n";
await put("site.yaml", settings);
await put("themes/mine/theme.yaml", "name: Mine\nparent: default\n");
await put("themes/mine/assets/style.css", "body { background: rgb(250, 250, 250); font-family: sans-serif }\n");
await put(FILE, article("The first sentence."));
await put("content/briefings/seen.gif", picture(10, 10));
await put(OTHER, other);
await put("content/briefings/draft.md", "---\ntitle: A draft\ndraft: true\ntlp: amber\n---\nzqdraft\n");

const server = await preview([]);
const browser = await launch();
const reader = await newReader(browser, { width: 1440, scheme: "light" });
let tab;

/** Starts a preview of the folder, or of one within it; gives its address and how to end it. */
async function preview(options, port = "0", within = "") {
  const child = spawn(program, ["serve", join(folder, within), "--port", port, ...options], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const address = await new Promise((resolve, reject) => {
    child.stderr.on("data", (bytes) => {
      said += bytes;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    child.on("exit", (code) => reject(new Error(`the preview ended with ${code}: ${said}`)));
  });
  const end = () => new Promise((resolve) => (child.removeAllListeners("exit"), child.on("exit", resolve), child.kill("SIGINT")));
  return { address, end };
}

/** Opens a page in a tab that notes what goes wrong by itself. */
async function open(path, of = reader) {
  const opened = await of.newPage();
  opened.faults = [];
  opened.on("pageerror", (error) => opened.faults.push(error.message));
  opened.on("console", (message) => message.type() === "error" && opened.faults.push(message.text()));
  await opened.addInitScript(() => {
    window.loads = Math.random();
    window.violations = [];
    // When a channel is asked for.
    window.sockets = [];
    window.WebSocket = class extends WebSocket {
      constructor(...parts) {
        super(...parts);
        window.sockets.push(performance.now());
      }
    };
    addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  });
  await opened.goto(server.address + path, { waitUntil: "load" });
  await opened.waitForSelector("crossbrief-desk:not([hidden])", { state: "attached" });
  return opened;
}

/** Waits until something holds in the page. */
const until = (tab, what, argument) => tab.waitForFunction(what, argument, { timeout: 30_000 });
const text = (tab, sentence) => until(tab, (sentence) => document.body.textContent.includes(sentence), sentence);
const settled = (tab) => tab.waitForTimeout(400);
const loads = (tab) => tab.evaluate(() => window.loads);
const state = (tab, name) => until(tab, (name) => document.querySelector("crossbrief-desk").dataset.state === name, name);

const steps = {
  async "an edited text is in the page, and everything keeps its place"() {
    const before = await loads(tab);
    await tab.evaluate(() => {
      document.querySelector("details").open = true;
      document.querySelector("#typed").value = "what I typed";
      document.querySelector("#typed").focus();
      scrollTo({ top: 900, behavior: "instant" });
      const paragraph = [...document.querySelectorAll("p")].find((one) => one.textContent.includes("number 7 stays"));
      getSelection().setBaseAndExtent(paragraph.firstChild, 0, paragraph.firstChild, 9);
    });
    const scrolled = await tab.evaluate(() => scrollY);
    assert.ok(scrolled > 500, `scrolled to ${scrolled}`);
    await put(FILE, article("The second sentence."));
    await text(tab, "The second sentence.");
    await settled(tab);
    const now = await tab.evaluate(() => ({
      scroll: scrollY,
      open: document.querySelector("details").open,
      typed: document.querySelector("#typed").value,
      selected: getSelection().toString(),
      first: document.body.textContent.includes("The first sentence."),
    }));
    assert.deepEqual(now, { scroll: scrolled, open: true, typed: "what I typed", selected: "Paragraph", first: false });
    assert.equal(await loads(tab), before, "without a reload");
  },

  async "a style is swapped without a reload"() {
    const before = await loads(tab);
    await put("themes/mine/assets/style.css", "body { background: rgb(1, 2, 3); font-family: sans-serif }\n");
    await until(tab, () => getComputedStyle(document.body).backgroundColor === "rgb(1, 2, 3)");
    await settled(tab);
    const sheets = await tab.evaluate(() => document.querySelectorAll('link[rel="stylesheet"]').length);
    assert.deepEqual([await loads(tab), sheets, await tab.evaluate(() => document.querySelector("#typed").value)], [before, 1, "what I typed"]);
    await put("themes/mine/assets/style.css", "body { background: rgb(250, 250, 250); font-family: sans-serif }\n");
    await until(tab, () => getComputedStyle(document.body).backgroundColor === "rgb(250, 250, 250)");
  },

  async "a part of a Sass sheet is swapped without a reload"() {
    const before = await loads(tab);
    const shows = (color) => until(tab, (color) => getComputedStyle(document.body).backgroundColor === color, color);
    await put("assets/_tone.scss", "$paper: rgb(3, 2, 1);\n");
    await put("assets/style.scss", '@use "tone";\nbody { background: tone.$paper; font-family: sans-serif }\n');
    await shows("rgb(3, 2, 1)");
    await put("assets/_tone.scss", "$paper: rgb(4, 2, 1);\n");
    await shows("rgb(4, 2, 1)");
    await rm(join(folder, "assets"), { recursive: true });
    await shows("rgb(250, 250, 250)");
    assert.equal(await loads(tab), before);
  },

  async "a picture is swapped"() {
    const before = await loads(tab);
    await until(tab, () => document.querySelector("main img").naturalWidth === 10);
    await put("content/briefings/seen.gif", picture(30, 20));
    await until(tab, () => document.querySelector("main img").naturalWidth === 30);
    // And again, which is another version of the same address.
    await put("content/briefings/seen.gif", picture(40, 20));
    await until(tab, () => document.querySelector("main img").naturalWidth === 40);
    assert.equal(await loads(tab), before);
  },

  async "a script that comes makes the page load anew"() {
    const before = await loads(tab);
    await put("static/extra.js", "document.documentElement.dataset.extra = 'yes';\n");
    await put("templates/article.html", '{% extends "@mine/article.html" %}{% block head %}<script src="/extra.js" defer></script>{% endblock head %}');
    await put("templates/article.html", '{% extends "@default/article.html" %}{% block head %}<script src="/extra.js" defer></script>{% endblock head %}');
    await until(tab, () => document.documentElement.dataset.extra === "yes");
    assert.notEqual(await loads(tab), before);
    await rm(join(folder, "templates"), { recursive: true });
    await until(tab, () => document.documentElement.dataset.extra === undefined);
  },

  async "an error stands over the last good page, and goes by itself"() {
    await text(tab, "The second sentence.");
    const before = await loads(tab);
    await put(FILE, article("The third sentence.", "peple: [<img src=x onerror=alert(1)>]\n"));
    const panel = tab.locator("crossbrief-desk .panel");
    await panel.waitFor({ state: "visible" });
    const told = await panel.innerText();
    for (const part of ["1 error", FILE, "peple", "<img src=x onerror=alert(1)>", "people"]) assert.ok(told.includes(part), `${part} in ${told}`);
    const link = await panel.locator("a.place").first().getAttribute("href");
    assert.ok(link.startsWith("vscode://file/") && link.includes("2025-12-10-warning.md:5"), link);
    await text(tab, "The second sentence.");
    assert.equal(await panel.locator("img").count(), 0, "what an author writes is text");
    await state(tab, "error");
    if (shots) await look("panel");
    await panel.getByRole("button", { name: "Hide" }).click();
    assert.equal(await panel.isVisible(), false);
    await put(FILE, article("The fourth sentence."));
    await text(tab, "The fourth sentence.");
    await state(tab, "well");
    assert.equal(await panel.isVisible(), false);
    assert.equal(await loads(tab), before);
  },

  async "the panel shows every error, and a click opens the editor"() {
    await put(FILE, article("The fifth sentence.", "date: 2025-02-30\n"));
    await put(OTHER, "---\ntitle: [Another\n---\nOther text.\n");
    await put("templates/article.html", "<p>{{ article.no_such_value.deep }}</p>\n{% if %}\n");
    const panel = tab.locator("crossbrief-desk .panel");
    // Three files are saved, so that there may be a build between them.
    await until(tab, () => document.querySelector("crossbrief-desk").shadowRoot.querySelectorAll(".panel li.error").length >= 3);
    const told = await panel.innerText();
    for (const part of [`${FILE}:5`, "date: 2025-02-30", `${OTHER}:2`, "title: [Another", "templates/article.html:2", "{% if %}"]) {
      assert.ok(told.includes(part), `${part} in ${told}`);
    }
    const helps = await panel.locator(".help").count();
    assert.ok(helps >= 1, `something to type in ${told}`);
    // In a tab of its own: the browser then asks whether it may start an editor, and hears nothing else.
    const clicked = await open(PAGE);
    const devtools = await reader.newCDPSession(clicked);
    await devtools.send("Page.enable");
    const asked = new Promise((resolve) => devtools.on("Page.frameRequestedNavigation", ({ url }) => resolve(url)));
    await clicked.locator("crossbrief-desk .panel a.place", { hasText: OTHER }).first().click();
    const opened = await asked;
    assert.ok(opened.startsWith("vscode://file/") && opened.includes("2025-12-01-other.md:2"), opened);
    await clicked.close();
    // What the desk knows of the page is there all the same.
    await panel.getByRole("button", { name: "This page" }).click();
    await tab.locator("crossbrief-desk .drawer").getByText("named here").waitFor();
    await tab.locator("crossbrief-desk .pill").click();
    await panel.waitFor({ state: "visible" });
    await panel.getByRole("button", { name: "Hide" }).click();
    await put(FILE, article("The fourth sentence."));
    await put(OTHER, other);
    await rm(join(folder, "templates"), { recursive: true });
    await panel.waitFor({ state: "hidden" });
    await state(tab, "well");
    await tab.locator("crossbrief-desk .pill").click();
  },

  async "broken settings and a content folder that goes are outlived"() {
    for (const broken of ["title: [\n", "\u0000", "- a list\n", "title: Desk\ntheme: nowhere\n"]) {
      await put("site.yaml", broken);
      await state(tab, "error");
      await text(tab, "The fourth sentence.");
      await put("site.yaml", settings);
      await state(tab, "well");
    }
    await rename(join(folder, "content"), join(folder, "away"));
    await text(tab, "Page not found");
    await rename(join(folder, "away"), join(folder, "content"));
    await text(tab, "The fourth sentence.");
    await state(tab, "well");
  },

  async "a preview of a broken site starts, tells, and shows the site when it is mended"() {
    await put("broken/site.yaml", "titel: Desk\n");
    await put("broken/content/briefings/2025-12-10-one.md", "---\ntitle: [\n---\nMended at last.\n");
    const second = await preview([], "0", "broken");
    const page = await reader.newPage();
    await page.goto(`${second.address}briefings/one/`);
    const panel = page.locator("crossbrief-desk .panel");
    await panel.waitFor({ state: "visible" });
    const told = await panel.innerText();
    for (const part of ["2 errors", "titel", "title", "2025-12-10-one.md:2"]) assert.ok(told.includes(part), `${part} in ${told}`);
    await put("broken/site.yaml", "title: Desk\n");
    await put("broken/content/briefings/2025-12-10-one.md", "---\ntitle: One\n---\nMended at last.\n");
    await text(page, "Mended at last.");
    await panel.waitFor({ state: "hidden" });
    await page.close();
    await second.end();
    await rm(join(folder, "broken"), { recursive: true });
  },

  async "tabs follow what is saved when the preview is told to"() {
    const second = await preview(["--follow"]);
    const page = await reader.newPage();
    await page.goto(second.address);
    await page.waitForSelector("crossbrief-desk:not([hidden])", { state: "attached" });
    await state(page, "well");
    await put(OTHER, other.replace("Other text.", "Followed to here."));
    await page.waitForURL(`${second.address}briefings/other/`);
    await text(page, "Followed to here.");
    await page.close();
    await second.end();
  },

  async "the desk's corner tells of the page, and shows it with other eyes"() {
    const bar = tab.locator("crossbrief-desk .drawer");
    const shift = await tab.evaluate(() => document.documentElement.scrollHeight);
    await tab.locator("crossbrief-desk .pill").click();
    await bar.getByText(FILE).waitFor();
    const told = await bar.innerText();
    for (const part of ["words", "Xi Jinping", "front matter", "TLP:CLEAR"]) assert.ok(told.includes(part), `${part} in ${told}`);
    assert.doesNotMatch(told, /null|undefined/);
    assert.equal(await tab.evaluate(() => document.documentElement.scrollHeight), shift, "the page is not moved");
    if (shots) await look("corner");
    await tab.goto(`${server.address}briefings/draft/`);
    await text(tab, "zqdraft");
    await bar.getByRole("button", { name: "TLP:CLEAR" }).click();
    await until(tab, () => !document.body.textContent.includes("zqdraft"));
    await tab.locator("crossbrief-desk .pill", { hasText: "Seen by TLP:CLEAR" }).waitFor();
    await bar.getByText("1 not shown").click();
    assert.match(await bar.innerText(), /A draft/);
    await bar.getByRole("button", { name: "Desk" }).click();
    await text(tab, "zqdraft");
    await tab.locator("crossbrief-desk .pill").click();
    await tab.goto(server.address + PAGE);
  },

  async "tabs that lost the preview say so and catch up"() {
    const { port } = new URL(server.address);
    await tab.evaluate(() => (window.sockets = []));
    await server.end();
    await state(tab, "lost");
    assert.match(await tab.locator("crossbrief-desk .pill").innerText(), /Reconnecting/);
    // It tries again by itself, less and less often.
    await until(tab, () => window.sockets.length === 4);
    const [first, second, third, fourth] = await tab.evaluate(() => window.sockets);
    assert.ok(fourth - third > second - first, `tries at ${[first, second, third, fourth]}`);
    await put(FILE, article("Written while nobody looked."));
    Object.assign(server, await preview([], port));
    await text(tab, "Written while nobody looked.");
    await state(tab, "well");
  },

  async "no page breaks the published policy"() {
    await put(FILE, article("With strict eyes."));
    await text(tab, "With strict eyes.");
    // Another title is another description for machines, in a script element that does not run.
    await put(FILE, article("With strict eyes again.").replace("A warning", "A stricter warning"));
    await text(tab, "With strict eyes again.");
    await until(tab, () => document.querySelector('script[type="application/ld+json"]').text.includes("A stricter warning"));
    assert.equal(await tab.title(), "A stricter warning – Desk");
    assert.deepEqual(await tab.evaluate(() => window.violations), []);
    // What a lost connection logs is no fault of the page, nor what a raw-HTML test page asks of the browser.
    const faults = tab.faults.filter((fault) => !/ERR_CONNECTION_REFUSED|WebSocket/.test(fault));
    assert.deepEqual(faults.filter((fault) => !/404/.test(fault)), []);
  },

  async "many tabs and browsers see it, more than a browser opens streams for"() {
    const second = await launch();
    const elsewhere = await newReader(second, { width: 390, scheme: "dark" });
    const tabs = [await open(PAGE, elsewhere)];
    for (let number = 0; number < 9; number += 1) tabs.push(await open(PAGE));
    await put(FILE, article("For every tab."));
    await Promise.all(tabs.map((one) => text(one, "For every tab.")));
    await Promise.all(tabs.map((one) => one.close()));
    await second.close();
  },

  async "another site's page can neither read a draft nor listen"() {
    const { origin, close } = await listen((request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>evil</title>");
    });
    // As another port of this machine, which is the same site to a browser, and as a name of its own, which is not.
    const { port } = new URL(origin);
    const abroad = await launch(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
    for (const [from, spy] of [
      [origin, await reader.newPage()],
      [`http://evil.example:${port}`, await abroad.newPage()],
    ]) {
      await spy.goto(`${from}/`);
      const seen = await spy.evaluate(spyOn, server.address);
      assert.deepEqual([seen.cors, seen.plain], ["refused: TypeError", "refused: TypeError"], from);
      assert.ok(!JSON.stringify(seen).includes("zqdraft"), from);
      assert.deepEqual([seen.script, seen.image, seen.style, seen.socket], ["refused", "refused", "refused", "refused"], from);
      await spy.close();
    }
    // The same page reads the draft as soon as the answers say what Zola's do: this test can fail.
    const careless = await imitation({ "access-control-allow-origin": "*" });
    const spy = await reader.newPage();
    await spy.goto(`${origin}/`);
    const seen = await spy.evaluate(spyOn, `${careless.origin}/`);
    assert.ok(seen.plain.includes("zqdraft"), `read with a CORS header: ${seen.plain.slice(0, 80)}`);
    assert.deepEqual([seen.image, seen.style], ["loaded", "loaded"]);
    await spy.close();
    await careless.close();
    await abroad.close();
    await close();
  },

  async "a name that was made to lead here is refused"() {
    // DNS rebinding: the browser believes that evil.example is this machine.
    const rebound = await launch(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
    const spy = await rebound.newPage();
    const answer = await spy.goto(`http://evil.example:${new URL(server.address).port}/briefings/draft/`);
    assert.equal(answer.status(), 421);
    assert.ok(!(await spy.content()).includes("zqdraft"));
    const socket = await spy.evaluate(
      () =>
        new Promise((resolve) => {
          const opened = new WebSocket(`ws://${location.host}/_crossbrief/channel?page=/`);
          opened.onopen = () => resolve("open");
          opened.onerror = () => resolve("refused");
        }),
    ).catch(() => "refused");
    assert.equal(socket, "refused");
    // A server that takes any name for its own, as Zola does, gives the draft away: this test can fail.
    const careless = await imitation({});
    const read = await spy.goto(`http://evil.example:${new URL(careless.origin).port}/briefings/draft/`);
    assert.equal(read.status(), 200);
    assert.ok((await spy.content()).includes("zqdraft"));
    await careless.close();
    await rebound.close();
  },
};

/** Listens at a free port of this machine. */
async function listen(answer) {
  const listening = createServer(answer);
  await new Promise((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => (listening.close(resolve), listening.closeAllConnections()));
  return { origin: `http://127.0.0.1:${listening.address().port}`, close };
}

/** The preview as it would be without its guard: asks as itself, whoever asks, and adds headers to what it sends. */
function imitation(more) {
  const { port } = new URL(server.address);
  return listen(({ url }, response) => {
    ask({ host: "127.0.0.1", port, path: url, headers: { host: `127.0.0.1:${port}` } }, (answer) => {
      const headers = { "content-type": answer.headers["content-type"] };
      response.writeHead(answer.statusCode, { ...headers, ...more });
      answer.pipe(response);
    }).end();
  });
}

/** Runs in another site's page: tries all ways to read a draft. */
async function spyOn(target) {
  const address = `${target}briefings/draft/`;
  const fetched = async (options) => fetch(address, options).then((answer) => answer.text(), (error) => `refused: ${error.name}`);
  const loaded = (name, source) =>
    new Promise((resolve) => {
      const element = document.createElement(name);
      element.onload = () => resolve("loaded");
      element.onerror = () => resolve("refused");
      element[name === "link" ? "href" : "src"] = source;
      if (name === "link") element.rel = "stylesheet";
      document.head.append(element);
    });
  const socket = new Promise((resolve) => {
    const opened = new WebSocket(`${target.replace("http", "ws")}_crossbrief/channel?page=/`);
    opened.onopen = () => resolve("open");
    opened.onerror = () => resolve("refused");
  });
  const frame = await new Promise((resolve) => {
    const element = document.createElement("iframe");
    element.src = address;
    element.onload = () => {
      try {
        resolve(element.contentDocument?.body.textContent ?? "closed");
      } catch {
        resolve("closed");
      }
    };
    document.body.append(element);
  });
  return {
    cors: await fetched({ credentials: "include" }),
    plain: await fetched({ credentials: "omit" }),
    opaque: await fetched({ mode: "no-cors" }),
    script: await loaded("script", `${target}_crossbrief/desk.json?page=/`),
    image: await loaded("img", `${target}briefings/seen.gif`),
    style: await loaded("link", `${target}_crossbrief/preview.css`),
    socket: await socket,
    frame,
  };
}

/** Takes pictures of what is shown now, narrow and wide, light and dark. */
async function look(name) {
  await mkdir(shots, { recursive: true });
  const size = tab.viewportSize();
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    for (const width of [390, 1440]) {
      await tab.setViewportSize({ width, height: width < 600 ? 844 : 900 });
      await tab.screenshot({ path: join(shots, `${name}.${width}.${colorScheme}.png`) });
    }
  }
  await tab.emulateMedia({ colorScheme: "light" });
  await tab.setViewportSize(size);
}

let failed = false;
try {
  tab = await open(PAGE);
  for (const [name, step] of Object.entries(steps)) {
    const started = Date.now();
    await step();
    console.log(`${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
} catch (error) {
  failed = true;
  console.error(error);
}
await browser.close();
await server.end();
await rm(folder, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
