import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { hostPage, SERVICE, startChat, until, visit } from "./harness";

const run = promisify(execFile);
const NPM = ["--offline", "--no-audit", "--no-fund", "--loglevel=error"];

/** The TypeScript examples of docs/embed.md that need no framework, as a page of this server would have them. */
async function examples(deployment: string): Promise<string[]> {
  const document = await readFile(path.resolve("../docs/embed.md"), "utf8");
  return [...document.matchAll(/^```ts\n(.*?)^```/gms)]
    .map(([, code = ""]) => code)
    .filter((code) => !code.includes('from "vue"'))
    .map((code) => code.replace("https://YOUR-APP", deployment))
    .map((code) => code.replace("YOUR-WIDGET-KEY", SERVICE.widgetKey).replace("YOUR-SERVICE-ID", SERVICE.serviceId));
}

describe("the npm package", () => {
  test("holds types and one function, compiles strictly in an empty project, and runs", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "interact-package-"));
    try {
      const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder, ...NPM]);
      const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as {
        filename: string;
        files: { path: string }[];
      }[];
      assert.deepEqual(packed?.files.map((file) => file.path).sort(), [
        "README.md",
        "package.json",
        "package/LICENSE",
        "package/index.d.ts",
        "package/index.js",
      ]);
      await writeFile(path.join(folder, "package.json"), '{ "private": true, "type": "module" }');
      await run("npm", ["install", `./${packed.filename}`, ...NPM], { cwd: folder });
      assert.deepEqual(
        await readdir(path.join(folder, "node_modules")).then((all) => all.filter((name) => name[0] !== ".")),
        ["@interact"],
      );

      await visit({ body: "" }, async ({ page, server, complaints }) => {
        const [program = "", ...others] = await examples(server.origin);
        assert.deepEqual(others, []);
        await writeFile(path.join(folder, "program.ts"), program);
        const compiler = path.resolve("node_modules/typescript/bin/tsc");
        const strict = ["--strict", "--noEmit", "--target", "es2022", "--exactOptionalPropertyTypes"];
        await run(process.execPath, [compiler, ...strict, "--module", "nodenext", "program.ts"], { cwd: folder });
        const { outputFiles } = await build({
          entryPoints: [path.join(folder, "program.ts")],
          bundle: true,
          write: false,
          format: "esm",
          target: "es2022",
        });
        const app = `<button id="help">Help</button><script type="module">${outputFiles[0]?.text ?? ""}</script>`;
        server.pages.set("/app", { html: hostPage(app) });
        const logged: string[] = [];
        page.on("console", (message) => logged.push(message.text()));
        await page.goto(`${server.hostOrigin}/app`);
        await page.getByRole("button", { name: "Help" }).click();
        const message = page.getByRole("textbox", { name: "Message" });
        await until("the form is filled", async () => (await message.inputValue()) === "I need help with my order.");
        await page.getByRole("button", { name: "Close chat" }).click();
        await startChat(page, "Hello");
        await until("the page was told", () => logged.some((line) => line.startsWith("visitor wrote")));
        assert.deepEqual(server.session.request.parameters, { orderNumber: "A-4711", page: "/app" });
        assert.deepEqual(complaints, []);
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("does nothing when it is imported where there is no page, and says so when it is used there", async () => {
    const { interact } = await import("../../src/npm");
    await assert.rejects(interact({ url: "https://interact.example", widgetKey: "k", serviceId: "s" }), /no page/);
  });

  test("says that the deployment cannot be reached, may be asked again, and keeps to trusted types", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      const { outputFiles } = await build({
        stdin: {
          contents: 'import { interact } from "./src/npm"; window.interact = interact;',
          resolveDir: path.resolve(),
        },
        bundle: true,
        write: false,
        format: "iife",
      });
      const policy = `script-src 'unsafe-inline' ${server.origin}; require-trusted-types-for 'script'; trusted-types interact`;
      server.pages.set("/app", {
        html: hostPage(`<script>${outputFiles[0]?.text ?? ""}</script>`),
        headers: { "content-security-policy": policy },
      });
      await page.goto(`${server.hostOrigin}/app`);
      const ask = (url: string): Promise<string> =>
        page.evaluate(
          ([address, options]) =>
            (window as unknown as { interact: (options: object) => Promise<object> })
              .interact({ url: address, ...options })
              .then(() => "here", String),
          [url, SERVICE] as const,
        );
      await page.route("**/interact.js", (route) => route.abort());
      assert.match(await ask(server.origin), /could not be loaded/);
      await page.unroute("**/interact.js");
      assert.equal(await ask(`${server.origin}/`), "here");
      assert.equal(await ask(server.origin), "here");
      assert.equal(await page.locator("interact-widget").count(), 1);
    });
  });
});
