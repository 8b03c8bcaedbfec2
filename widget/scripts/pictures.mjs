// Takes the pictures of README.md; see tests/pictures.ts.
import path from "node:path";
import { build } from "esbuild";
import { ROOT } from "./bundling.mjs";

const outfile = path.join(ROOT, ".cache/pictures.mjs");
await build({
  absWorkingDir: ROOT,
  entryPoints: ["tests/pictures.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
process.chdir(ROOT);
await import(outfile);
