// Runs the scanner as it is on a host that only this process knows: whatever it asks of NAME goes to this machine.
//
//     node scan.mjs NAME OPEN SECURE
//
// OPEN and SECURE are the ports that stand for 80 and 443. Prints what the scanner's own command prints.

import { existsSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";

const [name, open, secure] = process.argv.slice(2);
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...words) {
  // Node hands its arguments on as one list.
  const options = Array.isArray(words[0]) ? words[0][0] : words[0];
  if (options?.host !== name) throw new Error(`the scanner asks somebody else: ${options?.host}`);
  Object.assign(options, { host: "127.0.0.1", port: Number(options.port) === 443 ? Number(secure) : Number(open), lookup: undefined });
  return connect.apply(this, words);
};

// Its installation fetches the list of names that browsers know to be secure; ours is in no list.
const preloaded = new URL("../../conf/hsts-preload.json", import.meta.resolve("@mdn/mdn-http-observatory/src/analyzer/hsts.js"));
if (!existsSync(preloaded)) writeFileSync(preloaded, "{}");

const { scan } = await import("@mdn/mdn-http-observatory");
const { scan: whole, tests } = await scan(name);
console.log(JSON.stringify({ scan: whole, tests }));
