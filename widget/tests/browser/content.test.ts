import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { AT_ONCE, openChat, say, startChat, until, visit } from "./harness";

const REFUSED = "Files and images cannot be sent here.";

/** Drops or pastes a picture, perhaps with a text beside it, onto the element of this name; true if the page heeded it. */
function give(page: Page, type: "drop" | "paste", onto: string, text?: string): Promise<boolean> {
  return page.getByRole("textbox", { name: onto }).evaluate(
    (element, [kind, words]) => {
      const data = new DataTransfer();
      data.items.add(new File(["…"], "picture.png", { type: "image/png" }));
      if (words) data.items.add(words, "text/plain");
      const options = { bubbles: true, composed: true, cancelable: true };
      const event =
        kind === "drop"
          ? new DragEvent("drop", { ...options, dataTransfer: data })
          : new ClipboardEvent("paste", { ...options, clipboardData: data });
      return !element.dispatchEvent(event);
    },
    [type, text] as const,
  );
}

describe("what is sent", AT_ONCE, () => {
  describe("rich content", AT_ONCE, () => {
    test("emoji, their families and long runs of them arrive as they are", async () => {
      const family = "👩‍👩‍👧‍👦 🏳️‍🌈 🇨🇭 👍🏽";
      const run = "😀".repeat(2000);
      await visit({}, async ({ page, server }) => {
        await startChat(page, family);
        await say(page, run);
        await until("the server has it", () => server.visitorTexts().length === 2);
        assert.deepEqual(server.visitorTexts(), [family, run]);
        server.agentSays(run);
        const bubbles = page.locator(".bubble");
        await until("all are shown", async () => (await bubbles.count()) === 3);
        const wide = await page.getByRole("log").evaluate((log) => log.scrollWidth > log.clientWidth);
        assert.equal(wide, false);
      });
    });

    test("half a character is replaced, so that it stops nothing", async () => {
      await visit({}, async ({ page, server }) => {
        await startChat(page, "first");
        await page.getByRole("textbox", { name: "Type a message" }).evaluate((field) => {
          (field as HTMLTextAreaElement).value = `half ${"😀".charAt(0)} done`;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        });
        await page.getByRole("button", { name: "Send" }).click();
        await until("the server has it", () => server.visitorTexts().length === 2);
        assert.equal(server.visitorTexts()[1], "half \ufffd done");
      });
    });

    test("line breaks stay, typed with Shift and Enter", async () => {
      await visit({}, async ({ page, server }) => {
        await startChat(page, "first");
        const field = page.getByRole("textbox", { name: "Type a message" });
        await field.pressSequentially("one");
        await field.press("Shift+Enter");
        await field.press("Shift+Enter");
        await field.pressSequentially("three");
        await field.press("Enter");
        await until("the server has it", () => server.visitorTexts().length === 2);
        assert.equal(server.visitorTexts()[1], "one\n\nthree");
        assert.equal(await page.locator(".bubble").last().innerText(), "one\n\nthree");
      });
    });
  });

  describe("files and images", AT_ONCE, () => {
    for (const kind of ["drop", "paste"] as const) {
      test(`by ${kind} are refused with a message, in the form and in the conversation`, async () => {
        await visit({}, async ({ page, server }) => {
          await openChat(page);
          await page.getByRole("textbox", { name: "Name" }).waitFor();
          assert.equal(await give(page, kind, "Message"), true);
          await page.getByRole("alert").getByText(REFUSED).waitFor();
          await page.getByRole("button", { name: "Dismiss" }).click();
          assert.equal(await page.getByText(REFUSED).count(), 0);
          await page.getByRole("button", { name: "Close chat" }).click();
          await startChat(page, "first");
          assert.equal(await give(page, kind, "Type a message"), true);
          await page.getByRole("alert").getByText(REFUSED).waitFor();
          assert.deepEqual(server.visitorTexts(), ["first"]);
        });
      });
    }

    test("beside a text that is pasted are no reason to refuse the text", async () => {
      await visit({}, async ({ page }) => {
        await startChat(page, "first");
        assert.equal(await give(page, "paste", "Type a message", "a table"), false);
        assert.equal(await page.getByText(REFUSED).count(), 0);
      });
    });
  });
});
