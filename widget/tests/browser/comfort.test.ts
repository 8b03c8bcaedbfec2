import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { AT_ONCE, openChat, say, startChat, until, visit } from "./harness";

async function fillIn(page: Page, message = "Where is my order?"): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
  await page.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
  await page.getByRole("textbox", { name: "Message" }).fill(message);
}

describe("the chat", AT_ONCE, () => {
  describe("while nobody is there yet", AT_ONCE, () => {
    test("the place in the queue is shown, quietly, and gone when somebody is", async () => {
      await visit({}, async ({ page, server }) => {
        await startChat(page, "first");
        await until("it is connected", () => server.hub.connected === 1);
        server.session.queue = { position: 2, expectedWait: 170 };
        server.systemSays("You are in the queue", "position");
        const line = page.getByRole("status").getByText("You are number 2 in the queue, about 3 minutes.");
        await line.waitFor();
        // Without a word in the thread.
        server.session.queue = { position: 1, expectedWait: null };
        server.hub.nudge(server.session.id);
        await page.getByText("You are number 1 in the queue.", { exact: true }).waitFor();
        server.agentJoins("Mario");
        await page.getByText("Mario is with you").waitFor();
        assert.equal(await page.getByText("in the queue.").count(), 0);
      });
    });
  });

  describe("what the other side does", AT_ONCE, () => {
    test("shows: reading, below the last message read, and writing, for a while", async () => {
      await visit({}, async ({ page, server }) => {
        await startChat(page, "first");
        await until("it is connected", () => server.hub.connected === 1);
        server.agentJoins("Mario");
        await page.getByText("Mario is with you").waitFor();
        await say(page, "second");
        await until("the server has it", () => server.visitorTexts().length === 2);
        server.agentReads();
        await page.getByText("· Read").waitFor();
        assert.equal(await page.getByText("· Read").count(), 1);
        await say(page, "third");
        await page.getByText("· Sent").waitFor();
        assert.deepEqual(
          await page
            .locator(".visitor")
            .allInnerTexts()
            .then((all) => all.map((text) => /Read|Sent/.exec(text)?.[0])),
          [undefined, "Read", "Sent"],
        );
        server.agentTypes();
        await page.getByText("Mario is typing").waitFor();
        server.agentSays("Here you are");
        await page.getByRole("log").getByText("Here you are").waitFor();
        await until("nobody is writing", async () => (await page.getByText("Mario is typing").count()) === 0);
      });
    });

    test("is told of the visitor's writing, now and then, and only while somebody is there", async () => {
      await visit({}, async ({ page, server }) => {
        await startChat(page, "first");
        const field = page.getByRole("textbox", { name: "Type a message" });
        await field.pressSequentially("nobody there");
        assert.equal(server.session.typings, 0);
        server.agentJoins("Mario");
        await page.getByText("Mario is with you").waitFor();
        const began = Date.now();
        await field.pressSequentially("a long sentence");
        await until("it was told", () => server.session.typings > 0);
        await page.waitForTimeout(200);
        // On a busy machine typing takes longer than the 5 s for which one sign stands.
        assert.ok(server.session.typings <= 1 + Math.floor((Date.now() - began) / 5000));
      });
    });
  });

  describe("the tenant's notice", AT_ONCE, () => {
    const widget = { consent: "We keep this for <b>30 days</b>: https://lunifico.example/privacy." };

    test("has to be agreed to before anything is sent", async () => {
      await visit({ widget }, async ({ page, server }) => {
        await openChat(page);
        await fillIn(page);
        const agree = page.getByRole("checkbox", { name: "I agree" });
        assert.equal(await agree.isChecked(), false);
        await page.getByRole("button", { name: "Start chat" }).click();
        await page.getByText("Please agree before you go on.").waitFor();
        assert.equal(server.sessions.size, 0);
        assert.match((await agree.evaluate((box) => box.getAttribute("aria-describedby"))) ?? "", / /);
        await agree.check();
        await page.getByRole("button", { name: "Start chat" }).click();
        await page.getByRole("log").waitFor();
        assert.equal(server.sessions.size, 1);
      });
    });

    test("is asked for anew where it was changed since the page was opened", async () => {
      await visit({ widget }, async ({ page, server }) => {
        await openChat(page);
        await fillIn(page);
        await page.getByRole("checkbox", { name: "I agree" }).check();
        server.changesNotice("We keep this for a year.");
        await page.getByRole("button", { name: "Start chat" }).click();
        await page.getByText("We keep this for a year.").waitFor();
        await page.getByText("Please agree before you go on.").waitFor();
        assert.equal(server.sessions.size, 0);
        const agree = page.getByRole("checkbox", { name: "I agree" });
        assert.equal(await agree.isChecked(), false, "nobody has agreed to the new text");
        await agree.check();
        await page.getByRole("button", { name: "Start chat" }).click();
        await page.getByRole("log").waitFor();
        assert.equal(server.sessions.size, 1);
      });
    });

    test("is text with addresses to open, and no markup", async () => {
      await visit({ widget }, async ({ page }) => {
        await openChat(page);
        await page.getByText("We keep this for <b>30 days</b>:").waitFor();
        assert.equal(await page.getByRole("link").getAttribute("href"), "https://lunifico.example/privacy");
      });
    });
  });

  describe("the conversation as a file", AT_ONCE, () => {
    test("can be had while it runs and after its end", async () => {
      await visit({ widget: { transcript: true } }, async ({ page, server }) => {
        await startChat(page, "first <b>");
        server.agentSays("line one\nline two");
        await page.getByRole("log").getByText("line two").waitFor();
        const save = async (): Promise<string> => {
          const [download] = await Promise.all([
            page.waitForEvent("download"),
            page.getByRole("button", { name: "Save conversation" }).click(),
          ]);
          assert.match(download.suggestedFilename(), /^chat-\d{4}-\d\d-\d\d\.txt$/);
          return readFile(await download.path(), "utf8");
        };
        await page.getByRole("button", { name: "More options" }).click();
        const text = await save();
        assert.match(text, /^Conversation with Lunifico Support\r\n/);
        assert.match(text, /You: first <b>\r\n/);
        assert.match(text, /line one\r\n {4}line two\r\n/);
        server.systemSays("Goodbye!", "ended");
        await page.getByRole("button", { name: "Start a new chat" }).waitFor();
        assert.match(await save(), /Goodbye!/);
      });
    });

    test("is not offered where the tenant does not", async () => {
      await visit({ widget: {} }, async ({ page }) => {
        await startChat(page, "first");
        assert.equal(await page.getByRole("button", { name: "More options" }).count(), 0);
      });
    });
  });

  describe("a message that nobody sees", AT_ONCE, () => {
    /** Counts tones, and hides the page when asked. */
    const listening = async (
      page: Page,
    ): Promise<{ tones: () => Promise<number>; hide: (hidden: boolean) => Promise<void> }> => {
      await page.addInitScript(() => {
        const counted = globalThis as unknown as { tones: number; away: boolean };
        counted.tones = 0;
        counted.away = false;
        OscillatorNode.prototype.start = () => void (counted.tones += 1);
        OscillatorNode.prototype.stop = () => undefined;
        Object.defineProperty(document, "hidden", { get: () => counted.away });
        Object.defineProperty(document, "visibilityState", { get: () => (counted.away ? "hidden" : "visible") });
      });
      await page.reload();
      return {
        tones: () => page.evaluate(() => (globalThis as unknown as { tones: number }).tones),
        hide: (hidden) =>
          page.evaluate((away) => {
            (globalThis as unknown as { away: boolean }).away = away;
            document.dispatchEvent(new Event("visibilitychange"));
          }, hidden),
      };
    };

    test("is told by a tone and in the title, which comes back", async () => {
      await visit({ widget: { sound: true } }, async ({ page, server }) => {
        const { tones, hide } = await listening(page);
        await startChat(page, "first");
        const title = await page.title();
        server.agentSays("seen");
        await page.getByRole("log").getByText("seen", { exact: true }).waitFor();
        await hide(true);
        server.agentSays("unseen");
        await until("the title has it", async () => (await page.title()) === `(1) ${title}`);
        await until("two notes were played", async () => (await tones()) === 2);
        await hide(false);
        await until("the title is back", async () => (await page.title()) === title);
        await page.getByRole("button", { name: "Minimize" }).click();
        server.agentSays("behind the closed panel");
        await until("two more", async () => (await tones()) === 4);
        assert.equal(await page.title(), title);
      });
    });

    test("is told without a tone where the visitor wants none, also on the next page", async () => {
      await visit({ widget: { sound: true } }, async ({ page, server }) => {
        const { tones, hide } = await listening(page);
        await startChat(page, "first");
        await page.getByRole("button", { name: "More options" }).click();
        const sound = page.getByRole("button", { name: "Sound" });
        assert.equal(await sound.getAttribute("aria-pressed"), "true");
        await sound.click();
        assert.equal(await sound.getAttribute("aria-pressed"), "false");
        await page.reload();
        await page.getByRole("log").getByText("first", { exact: true }).waitFor();
        const title = await page.title();
        await hide(true);
        server.agentSays("unseen");
        await until("the title has it", async () => (await page.title()) === `(1) ${title}`);
        await page.waitForTimeout(600);
        assert.equal(await tones(), 0);
      });
    });
  });

  describe("where nobody is there", AT_ONCE, () => {
    test("a message can be left; it arrives once, whatever becomes of the answers", async () => {
      await visit({ widget: { offlineForm: true } }, async ({ page, server }) => {
        server.fail("start", { status: 409, code: "offline" });
        server.fail("leave", "unanswered", "lost");
        await openChat(page);
        await fillIn(page, "Please call me back");
        await page.getByRole("button", { name: "Start chat" }).click();
        await page.getByRole("heading", { name: "Nobody is available at the moment." }).waitFor();
        assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "Please call me back");
        await page.getByRole("button", { name: "Leave message" }).click();
        await page.getByText("Thank you. Your message has arrived.").waitFor();
        await page.getByText("We will answer to carla@customer.example.").waitFor();
        assert.deepEqual(
          server.left.map(({ customer, message }) => [customer.displayName, message]),
          [["Carla Customer", "Please call me back"]],
        );
        assert.equal(server.sessions.size, 0);
        await page.getByRole("button", { name: "Write another message" }).click();
        assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "");
      });
    });

    test("and messages are not taken, the form says so and stays what it is", async () => {
      await visit({ widget: {} }, async ({ page, server }) => {
        server.fail("start", { status: 409, code: "offline" });
        await openChat(page);
        await fillIn(page);
        await page.getByRole("button", { name: "Start chat" }).click();
        await page.getByText("Nobody is available at the moment.").waitFor();
        await page.getByRole("button", { name: "Start chat" }).waitFor();
      });
    });

    test("and nobody can get a message either, that is said", async () => {
      await visit({ widget: { offlineForm: true } }, async ({ page, server }) => {
        server.fail("start", { status: 409, code: "offline" });
        server.fail("leave", { status: 503, code: "offline" });
        await openChat(page);
        await fillIn(page);
        await page.getByRole("button", { name: "Start chat" }).click();
        assert.equal(await page.getByRole("alert").count(), 0);
        await page.getByRole("button", { name: "Leave message" }).click();
        await page.getByRole("alert").getByText("Please try again later.").waitFor();
      });
    });

    test("a message that cannot be left is not lost", async () => {
      await visit({ widget: { offlineForm: true } }, async ({ page, server }) => {
        server.fail("start", { status: 409, code: "offline" });
        server.fail("leave", { status: 503 }, { status: 503 }, { status: 503 });
        await openChat(page);
        await fillIn(page, "Please call me back");
        await page.getByRole("button", { name: "Start chat" }).click();
        await page.getByRole("button", { name: "Leave message" }).click();
        await page.getByText("That did not work.").waitFor();
        assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "Please call me back");
        await page.getByRole("button", { name: "Leave message" }).click();
        await page.getByText("Your message has arrived.").waitFor();
        assert.equal(server.left.length, 1);
      });
    });
  });
});
