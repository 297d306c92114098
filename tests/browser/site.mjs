// A built site in memory: its files, a server for them, and which pages stand for all others.
//
// Knows nothing of browsers. The server listens on loopback at a port that the system chooses, and serves the site in
// the folder of its base URL (`/some/base/`), so that a link that forgets the folder is a link that leads nowhere.

import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { brotliCompressSync } from "node:zlib";

const TYPES = {
  ".atom": "application/atom+xml",
  ".avif": "image/avif",
  ".css": "text/css",
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
  ".xsl": "application/xslt+xml",
};

/** What hosts pack on its way. */
const IS_PACKED = /^text\/|json|xml|javascript/;

/** Returns the files of `folder`, by path with `/`, sorted. */
export async function loadSite(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"));
  const files = new Map();
  for (const path of paths.sort()) files.set(path, await readFile(join(folder, path)));
  return files;
}

/** Returns the path of the file that an address (below the base, percent-encoded) leads to, or null. */
export function lookUp(files, address) {
  let path;
  try {
    path = decodeURIComponent(address);
  } catch {
    return null;
  }
  const candidates = path === "" || path.endsWith("/") ? [`${path}index.html`] : [path];
  return candidates.find((candidate) => files.has(candidate)) ?? null;
}

/** The headers under which sites are published, as the program has them. */
export async function publishedHeaders() {
  const source = await readFile(new URL("../../src/base/security_headers.rs", import.meta.url), "utf8");
  const text = source.replace(/\\\n\s*/g, "");
  const policy = /const CONTENT_SECURITY_POLICY: &str = "([^"]+)"/.exec(text)[1];
  const others = [...text.matchAll(/\(\s*"([a-z-]+)",\s*"([^"]+)",?\s*\)/g)].map(([, name, value]) => [name, value]);
  return { "content-security-policy": policy, ...Object.fromEntries(others) };
}

/**
 * Serves `files` under `base` (`/`, `/some/base/`), each with `headers`, and with `packed` as small as hosts send them; gives
 * the server's origin and a way to end it.
 */
export async function serve(files, base, headers = {}, { packed = false } = {}) {
  const small = new Map();
  const pack = (path) => {
    if (!small.has(path)) small.set(path, brotliCompressSync(files.get(path) ?? ""));
    return small.get(path);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://site.invalid");
    const address = pathname.startsWith(base) ? pathname.slice(base.length) : null;
    const path = address === null ? null : lookUp(files, address);
    const found = path ?? "404.html";
    const type = TYPES[extname(found)] ?? "application/octet-stream";
    const isPacked = packed && IS_PACKED.test(type) && /\bbr\b/.test(request.headers["accept-encoding"] ?? "");
    const encoding = isPacked ? { "content-encoding": "br" } : {};
    response.writeHead(path === null ? 404 : 200, { ...headers, ...encoding, "content-type": type });
    response.end(isPacked ? pack(found) : (files.get(found) ?? ""));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/**
 * Returns the addresses of pages that stand for all: of each kind the first and the largest.
 *
 * A kind is a shape of address: `people/`, `people/*`, `briefings/page/N`. Every page at the top is a kind of its own.
 * Pages that only lead on to another address are left out.
 */
export function samplePages(files) {
  const kinds = new Map();
  for (const [path, body] of files) {
    if (!path.endsWith(".html") || /<meta[^>]+http-equiv=["']?refresh/i.test(body.toString("utf8"))) continue;
    const address = path.replace(/(^|\/)index\.html$/, "$1");
    const kind = kindOf(address);
    const page = { kind, address, size: body.length };
    kinds.set(kind, [...(kinds.get(kind) ?? []), page]);
  }
  return [...kinds.values()].flatMap((pages) => {
    const largest = pages.reduce((best, page) => (page.size > best.size ? page : best));
    return largest === pages[0] ? [largest] : [pages[0], largest];
  });
}

function kindOf(address) {
  if (/(^|\/)page\/\d+\/?$/.test(address)) return `${kindOf(address.replace(/page\/\d+\/?$/, ""))}page/N`;
  const [top, ...rest] = address.split("/");
  return [top, ...rest.map((part) => part.replace(/[^+]+/g, "*"))].join("/");
}
