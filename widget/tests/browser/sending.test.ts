import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AT_ONCE, say, startChat, until, visit } from "./harness";

describe("a message that is not sent", AT_ONCE, () => {
  test("says so, and Try again sends it once", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      server.fail("send", { status: 500 }, "lost", { status: 503 });
      await say(page, "second");
      await page.getByText("Not sent").waitFor();
      assert.deepEqual(server.visitorTexts(), ["first"]);
      await page.getByRole("button", { name: "Try again" }).click();
      await until("the server has it", () => server.visitorTexts().length > 1);
      await until("nothing is marked", async () => (await page.getByText("Not sent").count()) === 0);
      assert.deepEqual(server.visitorTexts(), ["first", "second"]);
    });
  });

  test("for want of an answer is looked up and not doubled", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      server.fail("send", "unanswered");
      await say(page, "second");
      await until("it is shown as sent", async () => (await page.getByText("Sending").count()) === 0);
      await page.waitForTimeout(1500);
      assert.deepEqual(server.visitorTexts(), ["first", "second"]);
      assert.equal(await page.getByRole("log").getByText("second", { exact: true }).count(), 1);
    });
  });

  test("because there were too many waits visibly and goes by itself", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      server.fail("send", { status: 429, retryAfter: 2 });
      await say(page, "second");
      await page.getByText(/The next one is sent in \d s/).waitFor();
      await until("the server has it", () => server.visitorTexts().length === 2);
      await until("the notice is gone", async () => (await page.getByText(/The next one is sent/).count()) === 0);
    });
  });

  test("because it is too long is told before", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      await page.getByRole("textbox", { name: "Type a message" }).fill("x".repeat(7002));
      await page.getByText("This message is too long by 2 characters.").waitFor();
      await page.keyboard.press("Enter");
      assert.equal(
        server.requests.filter(({ method, path }) => method === "POST" && path.startsWith("/chat")).length,
        0,
      );
    });
  });

  test("while the network is gone is kept, told, and sent when it is back", async () => {
    await visit({ context: {} }, async ({ page, context, server }) => {
      await startChat(page, "first");
      await context.setOffline(true);
      await page.getByText("You are offline.").waitFor();
      await say(page, "second");
      await page.getByText("Not sent").waitFor();
      await context.setOffline(false);
      await until("the server has it", () => server.visitorTexts().length === 2);
      await until("the notice is gone", async () => (await page.getByText("You are offline.").count()) === 0);
      assert.deepEqual(server.visitorTexts(), ["first", "second"]);
    });
  });
});

describe("an outdated token", AT_ONCE, () => {
  test("is renewed without the visitor noticing", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      server.session.tokens.clear();
      await say(page, "second");
      await until("the server has it", () => server.visitorTexts().length === 2);
      assert.equal(server.requests.filter(({ path }) => path.endsWith("/token")).length, 1);
    });
  });
});
