// Starts the machine's own Chromium; nothing is downloaded, and it can reach nothing but loopback.

import { chromium } from "playwright-core";

/** The width of each view in CSS pixels: a small phone, a phone, a laptop, a desk. */
export const WIDTHS = [320, 360, 1440, 1920];

/** The two colour schemes of a reader's system. */
export const SCHEMES = ["light", "dark"];

/** Starts Chromium; `CHROMIUM` in the environment names another program than Debian's, `more` further arguments. */
export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--hide-scrollbars",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      ...more,
    ],
  });
}

/** Opens a new, empty profile as one reader would see the site; without `policy`, what a tool puts into pages may run there. */
export function newReader(browser, { width, scheme, scripts = true, policy = true }) {
  return browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    bypassCSP: !policy,
    serviceWorkers: "block",
    locale: "en-GB",
    timezoneId: "UTC",
  });
}

/** Runs `work` on every item, two at a time. */
export async function eachOf(items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}
