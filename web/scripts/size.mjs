// Prints what the browser loads before a list shows: everything the index names, compressed.
import { readFileSync, readdirSync, statSync } from "node:fs";

const dist = new URL("../dist/", import.meta.url);
const index = readFileSync(new URL("index.html", dist), "utf8");
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
let first = 0;
for (const name of readdirSync(new URL("files/", dist)).filter((one) => !one.endsWith(".br"))) {
  const plain = statSync(new URL(`files/${name}`, dist)).size;
  const sent = /\.(js|css|svg|wasm)$/.test(name) ? statSync(new URL(`files/${name}.br`, dist)).size : plain;
  const needed = index.includes(name);
  if (needed) first += sent;
  console.log(`${needed ? "first" : "later"}  ${kib(sent).padStart(10)}  ${name}`);
}
console.log(`first load ${kib(first)}`);
if (first > 400 * 1024) process.exit(1);
