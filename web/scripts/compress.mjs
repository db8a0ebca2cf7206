// Puts a compressed form beside each text file of the build: the server sends what the browser takes.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
for (const name of readdirSync(dist, { recursive: true })) {
  const file = new URL(name, dist);
  // The index is completed by the server for each reply, so it is not compressed ahead.
  if (!/\.(js|css|svg|wasm)$/.test(name) || !statSync(file).isFile()) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10 };
  writeFileSync(new URL(`${name}.br`, dist), brotliCompressSync(readFileSync(file), { params }));
}
