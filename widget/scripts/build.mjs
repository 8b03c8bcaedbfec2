// Builds dist/: interact.js (the loader), assets/<name>-<hash>.js (what is loaded on demand), preview/ and manifest.json.
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { AS_FUNCTION, cssAsText, JSX, partsByName, ROOT, sharedWithChat } from "./bundling.mjs";

const dist = path.join(ROOT, "dist");
// Whoever serves dist/ meanwhile keeps a complete one.
const fresh = path.join(ROOT, ".cache", `dist-${process.pid}`);

/** What lies in src/texts beside the languages. */
const NO_LANGUAGES = ["index", "launchers"];

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  plugins: [cssAsText({ minify: true })],
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
  ...JSX,
  logLevel: "warning",
};

/** Builds one chunk and returns its file below dist/. */
async function chunk(name, entry, { plugins = [], ...options } = {}) {
  const { metafile } = await build({
    ...common,
    entryPoints: { [name]: entry },
    outdir: path.join(fresh, "assets"),
    entryNames: "[name]-[hash]",
    format: "esm",
    plugins: [...plugins, ...common.plugins],
    ...options,
  });
  const [file] = Object.keys(metafile.outputs);
  return path.relative(fresh, path.join(ROOT, file));
}

/** Eight characters, as in the names of the other chunks. */
function hash(content) {
  return BigInt(`0x${createHash("sha256").update(content).digest("hex")}`)
    .toString(36)
    .slice(0, 8)
    .toUpperCase();
}

/** The names of the modules in a folder of src/, with their extensions. */
async function modulesIn(folder) {
  const files = (await readdir(path.join(ROOT, "src", folder))).filter((file) => /\.tsx?$/.test(file));
  return files.sort().map((file) => path.parse(file));
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });

// Each chunk is built alone, so that none needs a third one with what they share.
const parts = {};
for (const { name, base, ext } of await modulesIn("parts")) {
  const options = ext === ".tsx" ? { ...AS_FUNCTION, plugins: [sharedWithChat] } : {};
  parts[name] = await chunk(name, `src/parts/${base}`, options);
}
// The texts have one hash in common: the loader has no room for one of each.
const entries = {};
for (const { name: language, base } of await modulesIn("texts")) {
  if (!NO_LANGUAGES.includes(language)) entries[language] = `src/texts/${base}`;
}
const catalogues = {};
for (const [language, entry] of Object.entries(entries)) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], format: "esm", write: false });
  catalogues[language] = outputFiles[0].contents;
}
const textsHash = hash(Object.values(catalogues).join());
const texts = [];
for (const [language, content] of Object.entries(catalogues)) {
  texts.push(`assets/texts-${language}-${textsHash}.js`);
  await writeFile(path.join(fresh, texts.at(-1)), content);
}
const define = { TEXTS: JSON.stringify(textsHash), LANGUAGES: JSON.stringify(Object.keys(entries)) };
for (const [name, file] of Object.entries(parts)) define[`PARTS.${name}`] = JSON.stringify(file);
const chat = await chunk("chat", "src/chat/main.tsx", { plugins: [partsByName(parts)], define });

await build({
  ...common,
  entryPoints: { interact: "src/loader/main.ts" },
  outdir: fresh,
  format: "iife",
  define: { ...define, CHAT: JSON.stringify(chat) },
});

await cp(path.join(ROOT, "preview"), path.join(fresh, "preview"), { recursive: true });

const manifest = {};
for (const file of ["interact.js", chat, ...texts, ...Object.values(parts)]) {
  const content = await readFile(path.join(fresh, file));
  // Servers that can send it ready-made need not compress at all.
  await writeFile(`${path.join(fresh, file)}.br`, brotliCompressSync(content));
  const name = file.replace(/^assets\//, "").replace(/-[A-Z0-9]+\.js$/, ".js");
  manifest[name] = {
    file,
    integrity: `sha384-${createHash("sha384").update(content).digest("base64")}`,
    bytes: content.length,
  };
}
await writeFile(path.join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(dist, { recursive: true, force: true });
await rename(fresh, dist);
