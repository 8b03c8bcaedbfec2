// Prints what a visitor downloads, compressed, and fails above the budget.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LOADER_BYTES = 3_000;
const OPENED_CHAT_BYTES = 40_000;

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(await readFile(`${dist}manifest.json`, "utf8"));
const size = {};
for (const [name, { file }] of Object.entries(manifest)) {
  size[name] = gzipSync(await readFile(dist + file), { level: 9 }).length;
}
// A visitor loads the chat in one language.
const opened = size["interact.js"] + size["signalr.js"] + Math.max(size["chat-en.js"], size["chat-de.js"]);
const rows = [
  ...Object.entries(size).map(([name, bytes]) => [name, bytes, name === "interact.js" ? LOADER_BYTES : undefined]),
  ["an opened chat", opened, OPENED_CHAT_BYTES],
];
for (const [name, bytes, budget] of rows) {
  const verdict = budget === undefined ? "" : bytes <= budget ? `≤ ${budget}` : `ABOVE ${budget}`;
  console.log(`${name.padEnd(16)} ${String(bytes).padStart(6)} bytes gzip  ${verdict}`);
}
if (rows.some(([, bytes, budget]) => budget !== undefined && bytes > budget)) process.exit(1);
