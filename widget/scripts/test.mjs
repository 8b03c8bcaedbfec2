// Bundles the tests and runs them with node's test runner; `node scripts/test.mjs unit|browser [name pattern]` runs a part.
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { cssAsText, JSX, ROOT } from "./bundling.mjs";

// Two runs at a time do not take each other's files away.
const out = path.join(ROOT, ".cache", `tests-${process.pid}`);
const [part, pattern] = process.argv.slice(2);

// The browser's tests share one Chromium, so they are one file to node.
const entryPoints = [];
if (part !== "browser") {
  for (const file of await readdir(path.join(ROOT, "tests/unit"))) {
    if (file.endsWith(".test.ts")) entryPoints.push({ in: `tests/unit/${file}`, out: `unit-${file.slice(0, -3)}` });
  }
}
if (part !== "unit") entryPoints.push({ in: "tests/browser/all.ts", out: "browser" });
await build({
  absWorkingDir: ROOT,
  entryPoints,
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  ...JSX,
  plugins: [cssAsText()],
  define: { CHAT_CHUNKS: "{}", PARTS: "{}" },
  logLevel: "warning",
});
const files = entryPoints.map((entry) => path.join(out, `${entry.out}.mjs`));
const options = [
  "--enable-source-maps",
  "--test",
  "--test-reporter=spec",
  ...(pattern ? [`--test-name-pattern=${pattern}`] : []),
];
const run = spawnSync(process.execPath, [...options, ...files], { cwd: ROOT, stdio: "inherit" });
await rm(out, { recursive: true, force: true });
process.exit(run.status ?? 1);
