import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import axe from "axe-core";
import { SERVICE_ID, WIDGET_KEY, type FakeServer } from "../fake-server";
import { AT_ONCE, DIST, startChat, until, visit } from "./harness";

const SNIPPET = `<div id="nimbus-interact"></div>
<script>
  window.Nimbus = window.Nimbus || { queue: [] };
</script>`;

/** Fills the template as the server does. */
async function serve(server: FakeServer, kind = "service"): Promise<string> {
  const template = await readFile(`${DIST}/preview/preview.html`, "utf8");
  const values: Record<string, string> = {
    title: "Preview of Lunifico Support",
    contactName: "Lunifico Support",
    kind,
    snippet: SNIPPET,
    widgetKey: WIDGET_KEY,
    id: SERVICE_ID,
  };
  const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const html = template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => escaped(values[key] ?? "MISSING"));
  assert.doesNotMatch(html, /MISSING|\{\{/);
  server.pages.set("/preview/x", {
    html,
    headers: { "content-security-policy": "default-src 'self'; connect-src 'self' ws:; img-src 'self' data:" },
  });
  return `${server.origin}/preview/x`;
}

for (const kind of ["service", "user"]) {
  test(`the preview of a ${kind} carries the real widget under a strict policy`, AT_ONCE, async () => {
    await visit({}, async ({ page, server, complaints }) => {
      const address = await serve(server, kind);
      complaints.length = 0;
      await page.goto(address);
      await startChat(page, "Hello from the preview");
      const asked = server.requests.find(({ path }) => path.startsWith("/api/widget/v1/contact"));
      assert.match(asked?.path ?? "", kind === "service" ? /serviceId=/ : /contactId=/);
      assert.deepEqual(complaints, []);
    });
  });
}

test("the snippet is shown as it is and can be copied", async () => {
  await visit({ context: {} }, async ({ page, context, server }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.origin });
    await page.goto(await serve(server));
    assert.equal(await page.locator("#snippet").textContent(), SNIPPET);
    await page.getByRole("button", { name: "Copy snippet" }).click();
    await page.getByRole("status").getByText("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), SNIPPET);
  });
});

test("it can be copied without the clipboard's permission too", async () => {
  await visit({}, async ({ page, server }) => {
    const address = await serve(server);
    await page.addInitScript(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      addEventListener("copy", () => (document.title = getSelection()?.toString() ?? ""));
    });
    await page.goto(address);
    await page.getByRole("button", { name: "Copy snippet" }).click();
    await page.getByRole("status").getByText("Copied").waitFor();
    await until("the selection was the snippet", async () => (await page.title()).includes("nimbus-interact"));
  });
});

const CONDITIONS = [
  { title: "Interact is enabled on tenant level", verdict: "pass", explanation: "it is" },
  {
    title: "The domain template allows the origin",
    verdict: "fail",
    explanation: "<b>https://shop.example</b> equals no row",
    fix: "add a row",
  },
  { title: "The access token is accepted", verdict: "notJudged", explanation: "none was given" },
];

test("with a preview link it says whose that is, chats with its pass, and shows how a page would fare", async () => {
  await visit({}, async ({ page, server, complaints }) => {
    const address = `${await serve(server)}#pass=sealed-pass`;
    const asked: { page: string | null; pass: string | undefined }[] = [];
    await page.route("**/api/widget/v1/preview?**", async (route) => {
      const request = route.request();
      const address = new URL(request.url());
      asked.push({ page: address.searchParams.get("page"), pass: request.headers()["interact-preview"] });
      const answer = { displayName: "Lunifico Sales", madeBy: "Carla", expiresAt: "2030-01-01T09:30:00Z" };
      await route.fulfill({
        json: { ...answer, origin: "https://shop.example", allowed: false, conditions: CONDITIONS },
      });
    });
    complaints.length = 0;
    await page.goto(address);
    await page.getByText(/^Made by Carla\. Until/).waitFor();
    await page.getByRole("heading", { name: "Lunifico Sales" }).waitFor();
    await page.getByLabel("What would a page get?").fill("https://shop.example/lamps");
    await page.getByRole("button", { name: "Check page" }).click();
    await page.getByText("https://shop.example: ✗ no chat can start there").waitFor();
    const items = await page.getByRole("list", { name: "Conditions" }).getByRole("listitem").allInnerTexts();
    assert.match(items[0] ?? "", /^✓ Passed: Interact is enabled/);
    assert.match(items[1] ?? "", /^✗ Failed: [^]*<b>https:\/\/shop\.example<\/b> equals no row[^]*→ add a row$/);
    assert.match(items[2] ?? "", /^– Not judged/);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const result = await (window as unknown as { axe: typeof axe }).axe.run();
      return result.violations.map(({ id }) => id);
    });
    assert.deepEqual(violations, []);
    await startChat(page, "Hello by the link");
    assert.deepEqual(asked, [
      { page: null, pass: "sealed-pass" },
      { page: "https://shop.example/lamps", pass: "sealed-pass" },
    ]);
    const entering = server.requests.filter(({ path }) => /\/(contact\?|sessions$)/.test(path));
    assert.ok(entering.length >= 2);
    assert.ok(entering.every(({ headers }) => headers["interact-preview"] === "sealed-pass"));
    assert.ok(server.requests.every(({ path }) => !path.includes("sealed-pass") && !path.includes("presence")));
    assert.deepEqual(complaints, []);
  });
});

test("a preview link that is over says so, and asks for a new one", async () => {
  await visit({}, async ({ page, server }) => {
    await page.route("**/api/widget/v1/preview?**", (route) =>
      route.fulfill({ status: 403, json: { code: "not_allowed" } }),
    );
    await page.goto(`${await serve(server)}#pass=old`);
    await page.getByText(/^This preview link is over/).waitFor();
    assert.equal(await page.getByRole("button", { name: "Check page" }).count(), 0);
  });
});

test("axe objects to nothing on it", async () => {
  await visit({}, async ({ page, server }) => {
    await page.goto(await serve(server));
    await page.getByRole("button", { name: "Open chat" }).waitFor();
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const result = await (window as unknown as { axe: typeof axe }).axe.run();
      return result.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")} ${failureSummary ?? ""}`),
      );
    });
    assert.deepEqual(violations, []);
  });
});
