// Compiles what `npm pack` takes: package/index.js, its types, and the licence.
import { execFileSync } from "node:child_process";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "./bundling.mjs";

const compiler = path.join(ROOT, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "--project", "tsconfig.npm.json"], { cwd: ROOT, stdio: "inherit" });
await copyFile(path.join(ROOT, "../LICENSE"), path.join(ROOT, "package/LICENSE"));
