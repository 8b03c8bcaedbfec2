// Builds dist/: interact.js (the loader), assets/<name>-<hash>.js (what it loads on demand), preview/ and manifest.json.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build, transform } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(root, "dist");

/** Style sheets are constructed in the browser, so they travel as minified strings. */
const cssAsText = {
  name: "css-as-text",
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const css = await transform(await readFile(file, "utf8"), { loader: "css", minify: true, target: "es2022" });
      return { contents: css.code.trim(), loader: "text" };
    });
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  plugins: [cssAsText],
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

/** Builds one chunk and returns its file below dist/. */
async function chunk(name, entry, plugins = [], options = {}) {
  const { metafile } = await build({
    ...common,
    entryPoints: { [name]: entry },
    outdir: path.join(dist, "assets"),
    entryNames: "[name]-[hash]",
    format: "esm",
    plugins: [cssAsText, ...plugins],
    ...options,
  });
  const [file] = Object.keys(metafile.outputs);
  return path.relative(dist, path.join(root, file));
}

/** Without a WebSocket the widget reads at intervals, so the client's other ways to connect stay behind. */
const webSocketsOnly = {
  name: "web-sockets-only",
  setup(bundler) {
    const unused = /\/(LongPollingTransport|ServerSentEventsTransport|XhrHttpClient)$/;
    bundler.onResolve({ filter: unused }, ({ path: file }) => ({ path: file.match(unused)[1], namespace: "unused" }));
    bundler.onLoad({ filter: /.*/, namespace: "unused" }, ({ path: name }) => ({
      contents: `export class ${name} {}`,
    }));
  },
};
// The client marks its private properties with an underscore.
const signalr = await chunk("signalr", "src/chat/signalr.ts", [webSocketsOnly], { mangleProps: /^_[a-z]/ });
// Each chunk is built alone, so that none needs a third one with what they share.
const signalrByName = {
  name: "signalr-by-name",
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\/signalr$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: `./${path.basename(signalr)}`, external: true } : undefined,
    );
  },
};
const catalogueOf = (language) => ({
  name: "catalogue",
  setup(bundler) {
    bundler.onResolve({ filter: /\/catalogue$/ }, () => ({ path: path.join(root, `src/texts/${language}.ts`) }));
  },
});
const chats = {};
for (const language of ["en", "de"]) {
  chats[language] = await chunk(`chat-${language}`, "src/chat/main.tsx", [signalrByName, catalogueOf(language)]);
}

await build({
  ...common,
  entryPoints: { interact: "src/loader/main.ts" },
  outdir: dist,
  format: "iife",
  define: { CHAT_CHUNKS: JSON.stringify(chats) },
});

await cp(path.join(root, "preview"), path.join(dist, "preview"), { recursive: true });

const manifest = {};
for (const file of ["interact.js", ...Object.values(chats), signalr]) {
  const content = await readFile(path.join(dist, file));
  // Servers that can send it ready-made need not compress at all.
  await writeFile(`${path.join(dist, file)}.br`, brotliCompressSync(content));
  const name = file.replace(/^assets\//, "").replace(/-[A-Z0-9]+\.js$/, ".js");
  manifest[name] = {
    file,
    integrity: `sha384-${createHash("sha384").update(content).digest("base64")}`,
    bytes: content.length,
  };
}
await writeFile(path.join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
