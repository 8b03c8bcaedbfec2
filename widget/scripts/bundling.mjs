// How the widget's sources become files: what build.mjs and test.mjs share, and what makes a part of src/parts a chunk.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const JSX = { jsx: "automatic", jsxImportSource: "preact" };

/** Style sheets are constructed in the browser, so they travel as strings. */
export const cssAsText = (options = {}) => ({
  name: "css-as-text",
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const css = await transform(await readFile(file, "utf8"), { loader: "css", target: "es2022", ...options });
      return { contents: css.code.trim(), loader: "text" };
    });
  },
});

/** Leaves `import("…/parts/<name>")` to the browser: `files` has each part's file, which lies beside the importing one. */
export const partsByName = (files) => ({
  name: "parts-by-name",
  setup(bundler) {
    bundler.onResolve({ filter: /\/parts\/[\w-]+$/ }, ({ kind, path: imported }) => {
      const file = files[path.basename(imported)];
      return kind === "dynamic-import" && file ? { path: `./${path.basename(file)}`, external: true } : undefined;
    });
  },
});

/**
 * What a part has in common with the chat that loads it, by the module's path below src/ or its name.
 *
 * These hold state of which there must be one, or are simply there already. A part (.tsx) becomes
 * `export default (shared) => its exports`; src/chat/part.ts passes `shared` to it, with these very keys.
 */
export const SHARED = [
  "preact",
  "preact/hooks",
  "preact/jsx-runtime",
  "chat/errors",
  "chat/form-rules",
  "chat/linkify",
  "chat/views/context",
  "chat/views/hooks",
  "chat/views/icons",
  "chat/views/ProblemNote",
  "texts/index",
];

export const sharedWithChat = {
  name: "shared-with-chat",
  setup(bundler) {
    bundler.onResolve({ filter: /.*/ }, ({ path: imported, resolveDir, kind }) => {
      if (kind !== "import-statement") return undefined;
      const below = path.relative(path.join(ROOT, "src"), path.resolve(resolveDir, imported));
      const key = SHARED.find((name) => name === imported || name === below || name === `${below}/index`);
      return key ? { path: key, namespace: "shared" } : undefined;
    });
    bundler.onLoad({ filter: /.*/, namespace: "shared" }, ({ path: key }) => ({
      contents: `module.exports = shared[${JSON.stringify(key)}];`,
    }));
  },
};

/** Output options that make a part's bundle the function described above. */
export const AS_FUNCTION = {
  format: "iife",
  globalName: "part",
  banner: { js: "export default(shared)=>{" },
  footer: { js: "return part}" },
};
