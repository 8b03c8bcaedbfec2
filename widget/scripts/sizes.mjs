// Prints what a visitor downloads, compressed, and fails above the budgets.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LOADER_BYTES = 3_000;
/** Everything that a conversation needs: loader, chat in one language, realtime. */
const OPENED_CHAT_BYTES = 40_000;
/** Each of the other files: the texts of a language, and parts that come only where they are asked for. */
const PART_BYTES = 4_000;
const LOADER = "interact.js";
const CHAT = "chat.js";
const REALTIME = "signalr.js";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(await readFile(`${dist}manifest.json`, "utf8"));
const size = {};
for (const [name, { file }] of Object.entries(manifest)) {
  size[name] = gzipSync(await readFile(dist + file), { level: 9 }).length;
}
// A visitor loads the texts of one language.
const texts = Math.max(...Object.keys(size).map((name) => (name.startsWith("texts-") ? size[name] : 0)));
const opened = size[LOADER] + size[CHAT] + size[REALTIME] + texts;
const budgetOf = (name) => (name === LOADER ? LOADER_BYTES : name === CHAT ? undefined : PART_BYTES);
const rows = [
  ...Object.entries(size).map(([name, bytes]) => [name, bytes, budgetOf(name)]),
  ["an opened chat", opened, OPENED_CHAT_BYTES],
];
for (const [name, bytes, budget] of rows) {
  const verdict = budget === undefined ? "" : bytes <= budget ? `≤ ${budget}` : `ABOVE ${budget}`;
  console.log(`${name.padEnd(16)} ${String(bytes).padStart(6)} bytes gzip  ${verdict}`);
}
if (rows.some(([, bytes, budget]) => budget !== undefined && bytes > budget)) process.exit(1);
