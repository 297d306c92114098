// Reads a built site in a real browser and reports what a reader would stumble over.
//
//     node check.mjs FOLDER BASE_URL [AS_WRITTEN]
//
// BASE_URL is the one that the site was built with: the site is served in its folder on loopback, and links to it are
// followed there. Of each kind of page the first and the largest are opened at four widths, light and dark, and must
//
// - log no error, ask for nothing that is not on the site, and break none of the published headers;
// - not be wider than the window, and not shift while they load or are scrolled;
// - lead nowhere that does not exist, neither by address nor by `#fragment`;
// - pass axe-core (two of the widths; what it puts into a page, no policy allows, so that the other two hold the policy);
// - let whoever has no mouse reach all that can be used, in the order in which it stands, see where they are, and get out
//   again (one page of each kind, two of the widths);
// - say the same with JavaScript off. What is of no use without scripts (or says so) stands in `<noscript>` or in an
//   element with `data-needs-js`, which this comparison leaves out;
// - say the same as in AS_WRITTEN, the same site built with `minify: false`, on every page there is.
//
// The first briefing that a reader opens, the one that leads the home page, must come in at most MOST_BYTES.
//
// Exits 1 when there are faults, one on a line.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { SCHEMES, WIDTHS, eachOf, launch, newReader } from "./browser.mjs";
import { loadSite, lookUp, publishedHeaders, samplePages, serve } from "./site.mjs";

const AXE_WIDTHS = [360, 1440];
const KEY_WIDTHS = [360, 1440];
const TEXT_WIDTH = 1440;
// Beyond, lists are more of the same.
const MOST_STOPS = 80;
// Of a briefing with its fonts, style, scripts and flags, packed, without what hosts say about each file.
const MOST_BYTES = 60_000;

// An address where nothing is: the page of missing pages is opened there, as its readers do.
const MISSING = "no/such/page/";

const [folder, baseUrl, asWritten] = process.argv.slice(2);
if (baseUrl === undefined) {
  console.error("usage: node check.mjs FOLDER BASE_URL [AS_WRITTEN]");
  process.exit(2);
}
const base = new URL(baseUrl);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const files = await loadSite(folder);
const pages = samplePages(files);
const server = await serve(files, base.pathname, await publishedHeaders());
const browser = await launch();

// Each fault once, with the views that show it.
const faults = new Map();
const say = (page, where, what) => {
  const fault = `${page.address || "/"}: ${what}`;
  faults.set(fault, (faults.get(fault) ?? new Set()).add(where));
};
const firstOfKind = new Set(new Map(pages.map((page) => [page.kind, page])).values());
const views = SCHEMES.flatMap((scheme) => WIDTHS.map((width) => ({ scheme, width })));
await eachOf(views, async (view) => {
  const reader = await newReader(browser, { ...view, policy: !AXE_WIDTHS.includes(view.width) });
  const tab = await openTab(reader);
  for (const page of pages) {
    for (const fault of await read(tab, page, view)) say(page, `${view.width} ${view.scheme}`, fault);
  }
  await reader.close();
});
const [withScripts, without] = await Promise.all([texts(server, pages, true), texts(server, pages, false)]);
pages.forEach((page, index) => {
  if (withScripts[index] === without[index]) return;
  say(page, `${TEXT_WIDTH} light`, `reads otherwise without JavaScript: ${firstDifference(withScripts[index], without[index])}`);
});

await weigh();
if (asWritten !== undefined) await compareAsWritten();

await browser.close();
await server.close();
for (const [fault, where] of faults) {
  console.log(`${fault} [${where.size === views.length ? "every view" : [...where].join(", ")}]`);
}
console.log(`${pages.length} pages in ${views.length} views: ${faults.size} faults`);
if (pages.length === 0) console.error(`no page in ${folder}`);
process.exit(faults.size > 0 || pages.length === 0 ? 1 : 0);

/** Reads every page as it is and as its templates wrote it: minifying may not change what is shown. */
async function compareAsWritten() {
  const written = await serve(await loadSite(asWritten), base.pathname);
  // A redirect leads away while it is read.
  const stays = (path) => !/<meta[^>]+http-equiv=["']?refresh/i.test(files.get(path).toString("utf8"));
  const read = [...files.keys()].filter((path) => path.endsWith("index.html") && stays(path));
  const all = read.map((path) => ({ address: path.slice(0, -"index.html".length) }));
  const [minified, plain] = await Promise.all([texts(server, all, false), texts(written, all, false)]);
  all.forEach((page, index) => {
    if (minified[index] === plain[index]) return;
    say(page, `${TEXT_WIDTH} light`, `reads otherwise when minified: ${firstDifference(minified[index], plain[index])}`);
  });
  console.log(`${all.length} pages read minified and as written`);
  await written.close();
}

/** Opens the first briefing of the home page as somebody who was never here, and adds up what comes. */
async function weigh() {
  const host = await serve(files, base.pathname, {}, { packed: true });
  const finder = await newReader(browser, { width: TEXT_WIDTH, scheme: "light" });
  const home = await finder.newPage();
  await home.goto(host.origin + base.pathname);
  const address = await home.evaluate(() => document.querySelector("main article a")?.href);
  await finder.close();
  if (address !== undefined) {
    const reader = await newReader(browser, { width: TEXT_WIDTH, scheme: "light" });
    const tab = await reader.newPage();
    const network = await reader.newCDPSession(tab);
    await network.send("Network.enable");
    const names = new Map();
    const weights = [];
    network.on("Network.requestWillBeSent", ({ requestId, request }) => names.set(requestId, new URL(request.url).pathname));
    network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => weights.push([encodedDataLength, names.get(requestId)]));
    await tab.goto(address, { waitUntil: "networkidle" });
    await reader.close();
    const total = weights.reduce((sum, [bytes]) => sum + bytes, 0);
    const page = decodeURIComponent(new URL(address).pathname.slice(base.pathname.length));
    console.log(`the first briefing, ${page}, comes in ${total} bytes and ${weights.length} files`);
    if (total > MOST_BYTES) {
      const heavy = weights.sort(([left], [right]) => right - left).slice(0, 5);
      say({ address: page }, `${TEXT_WIDTH} light`, `${total} bytes, more than ${MOST_BYTES}: ${heavy.map((one) => one.join(" ")).join(", ")}`);
    }
  }
  await host.close();
}

/** Where a page is opened. */
function addressOf(page, from = server) {
  const address = page.address === "404.html" ? MISSING : page.address;
  return from.origin + base.pathname + address.split("/").map(encodeURIComponent).join("/");
}

/** Opens a tab that collects in `tab.faults` what goes wrong by itself. */
async function openTab(reader) {
  const tab = await reader.newPage();
  tab.faults = [];
  tab.on("pageerror", (error) => tab.faults.push(`script error: ${error.message}`));
  tab.on("console", (message) => {
    const { url } = message.location();
    // The browser logs the status of the page of missing pages itself.
    if (message.type() === "error" && !url.endsWith(MISSING)) tab.faults.push(`console error: ${message.text()} ${url}`);
  });
  tab.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== server.origin) tab.faults.push(`asks another host: ${url}`);
  });
  await tab.addInitScript(recordShifts);
  await tab.addInitScript(recordViolations);
  return tab;
}

/** Opens a page in a tab; returns what is wrong with it. */
async function read(tab, page, { width, scheme }) {
  tab.faults = [];
  await tab.goto(addressOf(page), { waitUntil: "load" });
  const { overflow, shifts, violations, links } = await tab.evaluate(measure);
  tab.faults.push(...overflow, ...shifts, ...violations);
  // Links are the same in every view.
  if (width === WIDTHS[0] && scheme === SCHEMES[0]) {
    for (const link of links.filter(leadsNowhere)) tab.faults.push(`dead link: ${link}`);
  }
  if (AXE_WIDTHS.includes(width)) {
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => window.axe.run(document, { rules: { "target-size": { enabled: true } } }));
    for (const { id, help, nodes } of found.violations) {
      tab.faults.push(`axe ${id}: ${help}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`);
    }
  }
  if (KEY_WIDTHS.includes(width) && scheme === SCHEMES[0] && firstOfKind.has(page)) tab.faults.push(...(await walk(tab)));
  return tab.faults;
}

/** Goes through a page with the tab key alone; returns what cannot be reached or not be seen, and what holds one fast. */
async function walk(tab) {
  const stops = await tab.evaluate(watchFocus);
  // Of itself a browser goes on from where the page was clicked last; a page just opened begins at its top.
  const most = Math.min(stops, MOST_STOPS) + 2;
  for (let press = 0; press < most; press += 1) await tab.keyboard.press("Tab");
  return tab.evaluate(seenFocus, MOST_STOPS);
}

/** Runs in the page: notes what gets the focus, and whether it looks different then; returns how many may. */
function watchFocus() {
  const usable = "a[href], button, input, select, textarea, summary, audio[controls], video[controls], iframe, [tabindex]";
  const inClosed = (node) => node.closest("details:not([open])") !== null && node.closest("summary") === null;
  const stops = [...document.querySelectorAll(usable)].filter(
    (node) => node.tabIndex >= 0 && !node.disabled && !inClosed(node) && node.closest("[inert]") === null && node.checkVisibility({ visibilityProperty: true }),
  );
  const looks = ["outline-style", "outline-width", "outline-color", "box-shadow", "border-color", "background-color", "color", "text-decoration", "stroke", "stroke-width", "fill"];
  // A drawing shows it on its shapes.
  const look = (node) => {
    const shown = [node, ...(node instanceof SVGElement ? node.querySelectorAll("*") : [])];
    return shown.map((one) => looks.map((name) => getComputedStyle(one).getPropertyValue(name)).join()).join(";");
  };
  const before = new Map(stops.map((node) => [node, look(node)]));
  window.walked = { stops, reached: [], unseen: [] };
  document.addEventListener("focusin", ({ target }) => {
    const { width, height } = target.getBoundingClientRect();
    window.walked.reached.push(target);
    if (before.get(target) === look(target) || width * height === 0) window.walked.unseen.push(target);
  });
  return stops.length;
}

/** Runs in the page after the walk. */
function seenFocus(most) {
  const { stops, reached, unseen } = window.walked;
  const describe = (node) => node.outerHTML.slice(0, 120).replace(/\s+/g, " ");
  const wanted = stops.slice(0, most);
  const known = new Set(reached);
  const faults = wanted.filter((node) => !known.has(node)).map((node) => `the tab key does not reach ${describe(node)}`);
  faults.push(...unseen.map((node) => `the focus cannot be seen on ${describe(node)}`));
  const order = reached.filter((node) => stops.includes(node)).slice(0, wanted.length);
  const astray = order.findIndex((node, index) => index > 0 && stops.indexOf(node) < stops.indexOf(order[index - 1]));
  if (astray > 0 && faults.length === 0) faults.push(`the tab key goes back to ${describe(order[astray])}`);
  return faults.slice(0, 3);
}

/** Runs in the page before its own scripts. */
function recordShifts() {
  window.layoutShifts = [];
  const record = (list) => window.layoutShifts.push(...list.getEntries());
  new PerformanceObserver(record).observe({ type: "layout-shift", buffered: true });
}

/** Runs in the page before its own scripts. */
function recordViolations() {
  window.violations = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
    window.violations.push(`breaks the policy: ${violatedDirective}: ${blockedURI} ${sample}`);
  });
}

/** Runs in the page when it has loaded: waits for fonts, scrolls to the end and back, and measures. */
async function measure() {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await document.fonts.ready;
  await painted();
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  await painted();
  scrollTo({ top: 0, behavior: "instant" });
  await painted();

  const describe = (node) => node?.outerHTML?.slice(0, 120).replace(/\s+/g, " ") ?? node?.nodeName ?? "?";
  const overflow = [];
  const excess = document.documentElement.scrollWidth - innerWidth;
  if (excess > 0) {
    // The innermost element that sticks out is the one to mend.
    const wide = [...document.body.querySelectorAll("*")].filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5);
    const innermost = wide.filter((node) => !wide.some((other) => other !== node && node.contains(other)));
    overflow.push(`${excess}px too wide: ${innermost.slice(0, 3).map(describe).join(" | ")}`);
  }
  // A font that comes late moves the line beside it by a pixel (0.0002 was seen); what a reader notices is a hundred
  // times more (web.dev calls 0.1 good).
  const shifts = window.layoutShifts.filter(({ value }) => value >= 0.001).map(
    ({ value, sources }) => `layout shift ${value.toFixed(4)}: ${(sources ?? []).map((source) => describe(source.node)).join(" | ")}`,
  );
  // Links in drawings tell their address in another way.
  const addressIn = (node) => (node.href?.baseVal ? new URL(node.href.baseVal, document.baseURI).href : node.href || node.src);
  const linked = [...document.querySelectorAll("a[href], link[href], area[href], img[src], script[src], source[src]")];
  return { overflow, shifts, violations: window.violations, links: linked.map(addressIn) };
}

/** Whether a link into the site has no target there; links to other sites are not followed. */
function leadsNowhere(link) {
  const url = new URL(link);
  if (url.origin !== server.origin && url.origin !== base.origin) return false;
  if (!url.pathname.startsWith(base.pathname)) return true;
  // A link within the page of missing pages is resolved against the address that is missing.
  const address = url.pathname.slice(base.pathname.length);
  const path = address === MISSING ? "404.html" : lookUp(files, address);
  if (path === null) return true;
  const fragment = decodeURIComponent(url.hash.slice(1));
  if (fragment === "" || fragment === "top" || fragment.startsWith(":~:") || !path.endsWith(".html")) return false;
  const escaped = fragment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return !new RegExp(`\\sid=(?:"${escaped}"|'${escaped}'|${escaped}[\\s>])`).test(files.get(path).toString("utf8"));
}

/** The text of pages as a reader sees it, with runs of white space as one space. */
async function texts(from, pages, scripts) {
  const reader = await newReader(browser, { width: TEXT_WIDTH, scheme: "light", scripts });
  const tab = await reader.newPage();
  const found = [];
  for (const page of pages) {
    await tab.goto(addressOf(page, from), { waitUntil: "load" });
    const shown = await tab.evaluate(() => {
      for (const node of document.querySelectorAll("noscript, [data-needs-js]")) {
        node.style.setProperty("display", "none", "important");
      }
      return document.body.innerText;
    });
    found.push(shown.replace(/\s+/g, " ").trim());
  }
  await reader.close();
  return found;
}

function firstDifference(left, right) {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const around = (shown) => JSON.stringify(shown.slice(Math.max(0, at - 30), at + 50));
  return `${around(left)} is ${around(right)}`;
}
