// Prints what the browser loads before a list shows: everything the index names, compressed.
import { readFileSync, readdirSync, statSync } from "node:fs";

const dist = new URL("../dist/", import.meta.url);
const index = readFileSync(new URL("index.html", dist), "utf8");
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
let first = 0;
for (const name of readdirSync(new URL("assets/", dist)).filter((one) => !one.endsWith(".br"))) {
  const plain = statSync(new URL(`assets/${name}`, dist)).size;
  const sent = /\.(js|css|svg)$/.test(name) ? statSync(new URL(`assets/${name}.br`, dist)).size : plain;
  const needed = index.includes(name);
  if (needed) first += sent;
  console.log(`${needed ? "first" : "later"}  ${kib(sent).padStart(10)}  ${name}`);
}
console.log(`first load ${kib(first)}`);
// Fonts are not counted by the limit's name in the index but are loaded with the first page.
if (first > 400 * 1024) process.exit(1);
