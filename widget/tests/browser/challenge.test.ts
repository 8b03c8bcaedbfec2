import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { AT_ONCE, openChat, until, visit } from "./harness";

const TURNSTILE = { challenge: { kind: "turnstile", siteKey: "public-key" } };
const HCAPTCHA = { challenge: { kind: "hcaptcha", siteKey: "public-key" } };
const SCRIPT = /^https:\/\/(challenges\.cloudflare\.com\/turnstile\/v0|js\.hcaptcha\.com\/1)\/api\.js\?/;

/** What pages call of a provider: a button that gives token after token; the options are kept to be looked at. */
const PROVIDER = `{
  const query = new URL(document.currentScript.src).searchParams;
  const name = document.currentScript.src.includes("hcaptcha") ? "hcaptcha" : "turnstile";
  let number = 0;
  window.rendered = [];
  window[name] = {
    render(container, options) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "I am human";
      button.onclick = () => options.callback("token-" + ++number);
      container.append(button);
      rendered.push({ inDocument: container.getRootNode() === document, options });
      return "id";
    },
    reset() { window.resets = (window.resets ?? 0) + 1; },
    remove() {},
  };
  setTimeout(() => window[query.get("onload")]());
}`;

/** The addresses that the page has asked the provider for. */
async function provide(context: BrowserContext, blocked: () => boolean = () => false): Promise<string[]> {
  const asked: string[] = [];
  await context.route(SCRIPT, async (route) => {
    asked.push(route.request().url());
    if (blocked()) await route.abort();
    else await route.fulfill({ contentType: "text/javascript", body: PROVIDER });
  });
  return asked;
}

async function fill(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
  await page.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
  await page.getByRole("textbox", { name: "Message" }).fill("Hello");
}

const start = (page: Page): Promise<void> => page.getByRole("button", { name: "Start chat" }).click();
const human = (page: Page): Promise<void> => page.getByRole("button", { name: "I am human" }).click();

describe("the challenge", AT_ONCE, () => {
  for (const [kind, widget] of [
    ["turnstile", TURNSTILE],
    ["hcaptcha", HCAPTCHA],
  ] as const) {
    test(`of ${kind} is loaded with the form, drawn outside of the shadow root, and its token goes along`, async () => {
      await visit({ widget, context: {} }, async ({ page, context, server }) => {
        const asked = await provide(context);
        await page.waitForLoadState("networkidle");
        assert.deepEqual(asked, []);
        await openChat(page);
        await fill(page);
        await human(page);
        assert.equal(asked.length, 1);
        assert.match(String(asked), SCRIPT);
        const rendered = await page.evaluate(
          "({ inDocument: rendered[0].inDocument, siteKey: rendered[0].options.sitekey })",
        );
        assert.deepEqual(rendered, { inDocument: true, siteKey: "public-key" });
        await start(page);
        await page.getByRole("log").waitFor();
        assert.equal(server.session.request.challengeToken, "token-1");
        assert.equal(await page.getByRole("button", { name: "I am human" }).count(), 0);
      });
    });
  }

  test("is not loaded where the tenant has set none", async () => {
    await visit({ context: {} }, async ({ page, context }) => {
      const asked = await provide(context);
      await openChat(page);
      await page.getByRole("button", { name: "Start chat" }).waitFor();
      assert.equal(await page.getByRole("group", { name: "Security check" }).count(), 0);
      assert.deepEqual(asked, []);
    });
  });

  test("has to be solved first, and once more after a refusal", async () => {
    await visit({ widget: TURNSTILE, context: {} }, async ({ page, context, server }) => {
      await provide(context);
      server.fail("start", { status: 400, code: "invalid", field: "challengeToken" });
      await openChat(page);
      await fill(page);
      await page.getByRole("button", { name: "I am human" }).waitFor();
      await start(page);
      await page.getByText("Please complete the security check first.").waitFor();
      await human(page);
      await start(page);
      await page.getByText("The security check did not succeed. Please do it once more.").waitFor();
      assert.equal(await page.getByText("Something in the form is not right").count(), 0);
      assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "Hello");
      await human(page);
      await start(page);
      await page.getByRole("log").waitFor();
      assert.equal(server.session.request.challengeToken, "token-2");
    });
  });

  test("keeps its token where the answer was lost, by which the server knows the repeat", async () => {
    await visit({ widget: TURNSTILE, context: {} }, async ({ page, context, server }) => {
      await provide(context);
      server.fail("start", "lost", "lost", "lost");
      await openChat(page);
      await fill(page);
      await human(page);
      await start(page);
      await page.getByText("No connection. Please check your network and try again.").waitFor();
      await start(page);
      await page.getByRole("log").waitFor();
      assert.equal(server.session.request.challengeToken, "token-1");
    });
  });

  test("that cannot be loaded says so and is tried again", async () => {
    await visit({ widget: TURNSTILE, context: {} }, async ({ page, context, server }) => {
      let blocked = true;
      await provide(context, () => blocked);
      await openChat(page);
      await fill(page);
      await page.getByText("The security check could not be loaded.").waitFor();
      await start(page);
      assert.equal(server.sessions.size, 0);
      blocked = false;
      await page.getByRole("button", { name: "Try again" }).click();
      await human(page);
      await start(page);
      await page.getByRole("log").waitFor();
    });
  });

  test("that was set after the form was shown appears with the refusal", async () => {
    const widget: Record<string, unknown> = {};
    await visit({ widget, context: {} }, async ({ page, context, server }) => {
      await provide(context);
      await openChat(page);
      await fill(page);
      widget["challenge"] = TURNSTILE.challenge;
      server.fail("start", { status: 400, code: "invalid", field: "challengeToken" });
      await start(page);
      await human(page);
      await start(page);
      await until("started", () => server.sessions.size === 1);
      assert.equal(server.session.request.challengeToken, "token-1");
    });
  });
});
