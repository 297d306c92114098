// Publishes the sample to a folder, puts nginx with a certificate of its own in front of it, with the headers that
// `crossbrief publish --emit nginx` prints, and has Mozilla's observatory grade it: A+ or nothing.
//
//     node check.mjs CROSSBRIEF SITE
//
// CROSSBRIEF is the program, SITE the folder of the sample. The scanner asks https://NAME/ and http://NAME/ only, so that
// each sort of page is the front page of a host of its own; scan.mjs leads these names to nginx. Exits 1 otherwise.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program, sample] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "crossbrief-observatory-"));
const at = (path) => join(folder, path);

await cp(join(sample, "content"), at("site/content"), { recursive: true });
const settings = await readFile(join(sample, "site.yaml"), "utf8");
await writeFile(at("site/site.yaml"), `${settings}\ntargets:\n  live: {type: folder, path: ../www, base_url: 'https://home.example/'}\n`);
const publish = (...words) => execFileSync(program, ["publish", "live", ...words, "--source", at("site")], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
publish("--yes");
await writeFile(at("headers.conf"), publish("--emit", "nginx"));

/** The first page in a folder of the site. */
const first = async (kind) => `${kind}/${(await readdir(at(`www/${kind}`), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()[0]}/index.html`;
const pages = {
  "home.example": "index.html",
  "briefing.example": await first("briefings"),
  "person.example": await first("people"),
  "country.example": await first("countries"),
  "search.example": "search/index.html",
};

const names = Object.keys(pages);
execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=Crossbrief tests", "-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`, "-keyout", at("key.pem"), "-out", at("certificate.pem")], { stdio: "ignore" });

/** A port that nobody has. */
async function port() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
const [open, secure] = [await port(), await port()];
const hosts = names.map((name) => `
  server {
    listen 127.0.0.1:${open};
    server_name ${name};
    return 301 https://$host$request_uri;
  }
  server {
    listen 127.0.0.1:${secure} ssl;
    server_name ${name};
    ssl_certificate ${at("certificate.pem")};
    ssl_certificate_key ${at("key.pem")};
    root ${at("www")};
    location = / { try_files /${pages[name]} =404; }
    include ${at("headers.conf")};
  }`);
const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((one) => `  ${one}_temp_path ${at(one)};`);
await writeFile(at("nginx.conf"), `daemon off;
master_process off;
pid ${at("pid")};
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
${scratch.join("\n")}${hosts.join("")}
}
`);
const nginx = spawn("nginx", ["-c", at("nginx.conf"), "-e", "stderr"], { stdio: ["ignore", "inherit", "inherit"] });
let ended = false;
nginx.on("exit", () => (ended = true));
nginx.on("error", () => (ended = true));

/** Waits until somebody listens at a port. */
async function listens(port) {
  for (let turn = 0; turn < 500 && !ended; turn += 1) {
    const line = connect(port, "127.0.0.1");
    const [came] = await Promise.race([once(line, "connect").then(() => [true]), once(line, "error").catch(() => []).then(() => [false])]).catch(() => [false]);
    line.destroy();
    if (came) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("nginx does not answer");
}

let failed = false;
try {
  await listens(secure);
  for (const name of names) {
    const environment = { ...process.env, NODE_EXTRA_CA_CERTS: at("certificate.pem") };
    const said = execFileSync(process.execPath, [new URL("scan.mjs", import.meta.url).pathname, name, String(open), String(secure)], { encoding: "utf8", env: environment });
    const { scan, tests } = JSON.parse(said);
    console.log(`${scan.grade} ${scan.score} ${name} (${pages[name]}): ${scan.testsPassed} of ${scan.testsQuantity} tests passed`);
    for (const [test, { pass, result, scoreModifier }] of Object.entries(tests)) {
      if (!pass || process.env.CROSSBRIEF_SHOW) console.log(`  ${pass ? "passed" : "FAILED"} ${test}: ${result} (${scoreModifier})`);
    }
    failed ||= scan.grade !== "A+" || scan.testsFailed > 0 || scan.statusCode !== 200;
  }
} finally {
  if (!ended) {
    nginx.kill();
    await once(nginx, "exit");
  }
  await rm(folder, { recursive: true });
}
process.exit(failed ? 1 : 0);
