// Bundles the tests and runs them with node's test runner; `node scripts/test.mjs unit|browser [name pattern]` runs a part.
import { spawnSync } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(root, ".cache/tests");
const [part, pattern] = process.argv.slice(2);

const css = {
  name: "css-as-text",
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path: file }) => ({
      contents: (await transform(await readFile(file, "utf8"), { loader: "css" })).code,
      loader: "text",
    }));
  },
};

// The browser's tests share one Chromium, so they are one file to node.
const entryPoints = [];
if (part !== "browser") {
  for (const file of await readdir(path.join(root, "tests/unit"))) {
    if (file.endsWith(".test.ts")) entryPoints.push({ in: `tests/unit/${file}`, out: `unit-${file.slice(0, -3)}` });
  }
}
if (part !== "unit") entryPoints.push({ in: "tests/browser/all.ts", out: "browser" });
await rm(out, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints,
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [css],
  define: { CHAT_CHUNKS: "{}" },
  logLevel: "warning",
});
const files = entryPoints.map((entry) => path.join(out, `${entry.out}.mjs`));
const options = [
  "--enable-source-maps",
  "--test",
  "--test-reporter=spec",
  ...(pattern ? [`--test-name-pattern=${pattern}`] : []),
];
const run = spawnSync(process.execPath, [...options, ...files], { cwd: root, stdio: "inherit" });
process.exit(run.status ?? 1);
