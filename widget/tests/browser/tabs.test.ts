import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import type { FakeServer } from "../fake-server";
import { AT_ONCE, openChat, say, startChat, until, visit } from "./harness";

/** Takes what some browsers do not have from all pages that `page` shows from now on. */
async function without(page: Page, ...missing: ("locks" | "channel")[]): Promise<void> {
  await page.addInitScript((names) => {
    if (names.includes("locks")) Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
    if (names.includes("channel")) Reflect.deleteProperty(globalThis, "BroadcastChannel");
  }, missing);
  await page.reload();
}

/** Lets `page` look as if the browser had frozen it: nobody hears from it. */
async function silence(page: Page): Promise<void> {
  await page.evaluate(() => (BroadcastChannel.prototype.postMessage = () => undefined));
}

const texts = (page: Page): Promise<string[]> => page.locator(".bubble").allInnerTexts();

/** How often a session was asked for, by the last part of the route. */
function asked(server: FakeServer, part: string): number {
  return server.requests.filter(({ path }) => path.split("?")[0]?.endsWith(part)).length;
}

/** A chat in one tab, and `count` other tabs that show it too. */
async function inTabs(page: Page, newTab: () => Promise<Page>, count: number): Promise<Page[]> {
  await startChat(page, "first");
  const others: Page[] = [];
  for (let number = 0; number < count; number++) others.push(await newTab());
  for (const other of others) {
    await openChat(other);
    await other.getByRole("log").getByText("first", { exact: true }).waitFor();
  }
  return others;
}

describe("several tabs", AT_ONCE, () => {
  test("share one session: started in one, it is there in the other", async () => {
    await visit({}, async ({ page, newTab, server }) => {
      await openChat(page);
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      const other = await newTab();
      await startChat(other, "from the other tab");
      await page.getByRole("log").getByText("from the other tab").waitFor();
      await say(page, "from this one");
      await other.getByRole("log").getByText("from this one").waitFor();
      assert.equal(server.sessions.size, 1);
      assert.deepEqual(server.visitorTexts(), ["from the other tab", "from this one"]);
    });
  });

  test("give one sign of life between them, and say no goodbye while one is left", async () => {
    await visit({}, async ({ page, newTab, server }) => {
      await startChat(page);
      await until("a first sign", () => server.session.heartbeats.length === 1);
      const other = await newTab();
      await openChat(other);
      await other.getByRole("log").waitFor();
      await other.waitForTimeout(200);
      assert.equal(server.session.heartbeats.length, 1);
      await other.close({ runBeforeUnload: false });
      await page.waitForTimeout(200);
      assert.deepEqual(server.session.heartbeats, [{ leaving: false }]);
    });
  });

  test("move on together when one ends the chat and starts another", async () => {
    await visit({}, async ({ page, newTab }) => {
      await startChat(page, "the first chat");
      const other = await newTab();
      await openChat(other);
      await other.getByRole("button", { name: "End chat" }).click();
      await other.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await other.getByRole("button", { name: "Start a new chat" }).click();
      await other.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
      await other.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
      await other.getByRole("textbox", { name: "Message" }).fill("the second chat");
      await other.getByRole("button", { name: "Start chat" }).click();
      await page.getByRole("log").getByText("the second chat").waitFor();
      assert.equal(await page.getByText("the first chat").count(), 0);
    });
  });

  test("end together", async () => {
    await visit({}, async ({ page, newTab }) => {
      await startChat(page);
      const other = await newTab();
      await openChat(other);
      await other.getByRole("button", { name: "End chat" }).click();
      await other.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
    });
  });

  test("have one connection, and only one of them asks the server anything", async () => {
    await visit({}, async ({ page, newTab, server }) => {
      const others = await inTabs(page, newTab, 3);
      await until("the hub has the visitor", () => server.hub.connected === 1);
      assert.equal(server.hub.connections, 1);
      assert.equal(asked(server, "/token"), 0);
      server.requests.length = 0;
      server.agentJoins("Mario");
      server.agentSays("Hello to all of you");
      for (const tab of [page, ...others]) {
        await tab.getByRole("log").getByText("Hello to all of you").waitFor();
        await tab.getByText("Mario is with you").waitFor();
      }
      // One read for each of the two nudges, perhaps one more for the timing.
      assert.ok(asked(server, "/messages") <= 3, `${asked(server, "/messages")} reads`);
      assert.ok(asked(server, server.session.id) <= 3, `${asked(server, server.session.id)} looks at the state`);
    });
  });

  test("that do not lead poll nothing, also without realtime", async () => {
    await visit({ realtime: false }, async ({ page, newTab, server }) => {
      await inTabs(page, newTab, 3);
      server.requests.length = 0;
      await page.waitForTimeout(4500);
      // Every two seconds, by one.
      assert.ok(asked(server, "/messages") <= 4, `${asked(server, "/messages")} reads`);
    });
  });

  test("go on when the leading one is closed, without a goodbye and with everything that was said", async () => {
    await visit({}, async ({ page, newTab, server }) => {
      const [second, third] = await inTabs(page, newTab, 2);
      assert.ok(second && third);
      await say(second, "from the second");
      await page.close({ runBeforeUnload: false });
      await say(third, "from the third");
      server.agentSays("I see you all");
      for (const tab of [second, third]) await tab.getByRole("log").getByText("I see you all").waitFor();
      await until("all has arrived", () => server.visitorTexts().length === 3);
      assert.deepEqual(server.visitorTexts(), ["first", "from the second", "from the third"]);
      assert.ok(server.session.heartbeats.every(({ leaving }) => !leaving));
      await until("it is shown once", async () => (await texts(second)).length === 4);
      assert.deepEqual(await texts(second), await texts(third));
    });
  });

  test("take over from a leader that is asleep; a message goes out in spite of it", async () => {
    await visit({}, async ({ page, newTab, server }) => {
      const [other] = await inTabs(page, newTab, 1);
      assert.ok(other);
      await silence(page);
      await say(other, "Is anybody there?");
      await until("the server has it", () => server.visitorTexts().length === 2);
      assert.deepEqual(server.visitorTexts(), ["first", "Is anybody there?"]);
      server.agentSays("I am");
      await other.getByRole("log").getByText("I am", { exact: true }).waitFor();
      await until("one connection is left", () => server.hub.connected === 1);
    });
  });

  test("without locks agree among themselves", async () => {
    await visit({ context: {} }, async ({ page, newTab, server }) => {
      await without(page, "locks");
      await startChat(page, "first");
      const other = await newTab();
      await without(other, "locks");
      await openChat(other);
      await say(other, "second");
      await page.getByRole("log").getByText("second", { exact: true }).waitFor();
      assert.equal(server.hub.connections, 1);
      await page.close({ runBeforeUnload: false });
      await until("the other one is connected", () => server.hub.connections === 2);
      await say(other, "third");
      await until("the server has it", () => server.visitorTexts().length === 3);
      assert.deepEqual(server.visitorTexts(), ["first", "second", "third"]);
    });
  });

  test("without any way to hear each other are each for themselves, and nothing is doubled", async () => {
    await visit({ context: {} }, async ({ page, newTab, server }) => {
      await without(page, "locks", "channel");
      await startChat(page, "first");
      const other = await newTab();
      await without(other, "locks", "channel");
      await openChat(other);
      await other.getByRole("log").getByText("first", { exact: true }).waitFor();
      await say(other, "second");
      await page.getByRole("log").getByText("second", { exact: true }).waitFor();
      assert.deepEqual(server.visitorTexts(), ["first", "second"]);
      await other.getByRole("button", { name: "End chat" }).click();
      await other.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
    });
  });

  test("end at once together, and what was being typed in one is in its form", async () => {
    await visit({}, async ({ page, newTab }) => {
      const [other] = await inTabs(page, newTab, 1);
      assert.ok(other);
      await other.getByRole("textbox", { name: "Type a message" }).fill("half a thought");
      await page.getByRole("button", { name: "End chat" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await other.getByRole("button", { name: "Start a new chat" }).click();
      assert.equal(await other.getByRole("textbox", { name: "Message" }).inputValue(), "half a thought");
    });
  });
});
