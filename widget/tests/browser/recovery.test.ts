import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import type { FakeServer } from "../fake-server";
import { AT_ONCE, openChat, say, startChat, until, visit } from "./harness";

/** The element that has the focus, looked for inside the widget too. */
const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => (document.activeElement?.shadowRoot ?? document).activeElement?.localName);

describe("after a reload", AT_ONCE, () => {
  test("the conversation goes on: state first, then a token, then messages", async () => {
    await visit({}, async ({ page, server, complaints }) => {
      await startChat(page, "first");
      server.agentJoins("Mario");
      server.agentSays("Hi Carla");
      await page.getByRole("log").getByText("Hi Carla").waitFor();
      await page.reload();
      server.requests.length = 0;
      await page.getByRole("log").getByText("Hi Carla").waitFor();
      await page.getByText("Mario is with you").waitFor();
      const field = await page.getByRole("textbox", { name: "Type a message" }).boundingBox();
      assert.ok(field && field.height > 36, "the field for messages was measured while it was hidden");
      await say(page, "second");
      await until("the server has it", () => server.visitorTexts().length === 2);
      assert.equal(server.sessions.size, 1);
      assert.deepEqual(await page.locator(".bubble").allInnerTexts(), ["first", "Hi Carla", "second"]);
      await until("a sign of life", () => server.session.heartbeats.at(-1)?.leaving === false);
      const calls = server.requests.map(
        ({ method, path }) => `${method} ${path.split("?")[0]?.replace(/.*sessions\/[^/]+|.*threads\/[^/]+/, "")}`,
      );
      const order = ["GET ", "POST /token", "GET /messages"].map((call) => calls.indexOf(call));
      assert.deepEqual(
        order,
        [...order].sort((one, other) => one - other),
      );
      assert.deepEqual(complaints, []);
    });
  });

  test("an open panel is open again without a click, and takes the focus only once the visitor is in it", async () => {
    await visit({}, async ({ page }) => {
      await startChat(page, "first");
      await page.reload();
      await page.getByRole("log").getByText("first", { exact: true }).waitFor();
      await page.getByRole("textbox", { name: "Type a message" }).waitFor();
      assert.equal(await focused(page), "body");
      await page.getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Keep chatting" }).click();
      await until("the conversation has the focus", async () => (await focused(page)) === "textarea");
    });
  });

  test("a panel open in one tab opens in no other", async () => {
    await visit({}, async ({ page, newTab }) => {
      await startChat(page, "first");
      const other = await newTab();
      await until("the other tab has taken it up", async () => (await other.locator(".bubble").count()) === 1);
      assert.equal(await other.getByRole("dialog").count(), 0);
      await other.reload();
      await until("and again", async () => (await other.locator(".bubble").count()) === 1);
      assert.equal(await other.getByRole("dialog").count(), 0);
    });
  });

  test("a closed panel stays closed", async () => {
    await visit({}, async ({ page }) => {
      await startChat(page, "first");
      await page.getByRole("button", { name: "Minimize" }).click();
      await page.reload();
      await until("the chat is there", async () => (await page.locator(".bubble").count()) === 1);
      assert.equal(await page.getByRole("dialog").count(), 0);
    });
  });

  test("a panel that was open with the form only stays closed, also when another tab has started a chat", async () => {
    await visit({}, async ({ page, newTab }) => {
      await openChat(page);
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      await page.reload();
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      await startChat(await newTab(), "first");
      await page.reload();
      await until("the chat is there", async () => (await page.locator(".bubble").count()) === 1);
      assert.equal(await page.getByRole("dialog").count(), 0);
    });
  });

  test("a click while an open panel is on its way back does not close it, and brings the focus", async () => {
    await visit({}, async ({ page }) => {
      await startChat(page, "first");
      let release: (() => void) | undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      await page.route("**/assets/chat-*", async (route) => {
        await held;
        await route.continue();
      });
      await page.reload({ waitUntil: "commit" });
      await openChat(page);
      release?.();
      await page.getByRole("log").getByText("first", { exact: true }).waitFor();
      await until("the conversation has the focus", async () => (await focused(page)) === "textarea");
    });
  });

  test("messages that came meanwhile are counted without a click", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      server.agentSays("seen");
      await page.getByRole("log").getByText("seen").waitFor();
      await page.getByRole("button", { name: "Minimize" }).click();
      await page.reload();
      server.agentSays("unseen");
      await page.getByRole("button", { name: "Open chat, 1 unread message" }).waitFor();
    });
  });

  test("a message that had not been sent goes by itself, once", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      server.fail("send", { status: 500 }, { status: 500 }, { status: 500 });
      await say(page, "second");
      await page.getByText("Not sent").waitFor();
      assert.deepEqual(server.visitorTexts(), ["first"]);
      await page.reload();
      await until("the server has it", () => server.visitorTexts().length === 2);
      await until("nothing is marked", async () => (await page.getByText("Not sent").count()) === 0);
      assert.deepEqual(server.visitorTexts(), ["first", "second"]);
    });
  });

  test("a message sent just before the page went arrives once", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      await say(page, "second");
      await page.reload();
      await page.getByRole("log").getByText("second", { exact: true }).waitFor();
      await until("it is in the thread", () => server.visitorTexts().length === 2);
      await until("nothing is marked", async () => (await page.getByText("Not sent").count()) === 0);
      assert.deepEqual(server.visitorTexts(), ["first", "second"]);
    });
  });

  test("a session that has ended gives way to a clean form, with a notice, in the panel that was open", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      await page.goto("about:blank");
      server.session.state = "ended";
      await page.goto(`${server.hostOrigin}/host`);
      await page.getByText("Your previous chat has ended.").waitFor();
      assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "");
      assert.equal(await page.getByText("first", { exact: true }).count(), 0);
      assert.equal(await focused(page), "body");
      await page.reload();
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      assert.equal(await page.getByRole("dialog").count(), 0);
    });
  });

  test("a session that nobody knows any more does so too", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      await page.goto("about:blank");
      server.sessions.clear();
      await page.goto(`${server.hostOrigin}/host`);
      await page.getByText("Your previous chat has ended.").waitFor();
    });
  });

  test("a session past its time loads nothing by itself; the click brings the form with the notice", async () => {
    await visit({ recoverSeconds: 1 }, async ({ page, server }) => {
      await startChat(page, "first");
      await page.goto("about:blank");
      server.session.state = "ended";
      await new Promise((resolve) => setTimeout(resolve, 1100));
      server.requests.length = 0;
      await page.goto(`${server.hostOrigin}/host`);
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      await page.waitForTimeout(500);
      assert.deepEqual(
        server.requests.map(({ path }) => path).filter((path) => path !== "/favicon.ico"),
        ["/host", "/widget/interact.js"],
      );
      await openChat(page);
      await page.getByText("Your previous chat has ended.").waitFor();
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    });
  });

  test("a server that does not answer leaves the session as it was, and Try again finds it", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      // One more than there are attempts: the page that goes may ask too.
      server.fail("status", { status: 503 }, { status: 503 }, { status: 503 }, { status: 503 });
      await page.reload();
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("log").getByText("first", { exact: true }).waitFor();
      assert.equal(server.sessions.size, 1);
    });
  });
});

/** The calls of the widget API and of the thread, without their ids. */
const calls = (server: FakeServer): string[] =>
  server.requests
    .filter(({ path }) => /sessions|threads/.test(path))
    .map(({ method, path }) => `${method} ${path.split("?")[0]?.replace(/.*sessions\/[^/]+|.*threads\/[^/]+/, "")}`);

describe("a laptop that slept", AT_ONCE, () => {
  test("gives a sign of life at once, and looks at the session before its messages", async () => {
    await visit({ context: {} }, async ({ page, context, server }) => {
      await context.clock.install();
      await startChat(page, "first");
      await until("a first sign", () => server.session.heartbeats.length === 1);
      await until("it is connected", () => server.hub.connected === 1);
      await page.waitForTimeout(300);
      server.requests.length = 0;
      await context.clock.fastForward("02:00:00");
      await until("a sign of life", () => server.session.heartbeats.length > 1);
      await until("the thread was read", () => calls(server).includes("GET /messages"));
      const order = calls(server);
      assert.ok(order.indexOf("GET ") >= 0 && order.indexOf("GET ") < order.indexOf("GET /messages"), order.join());
      await until("it is connected anew", () => server.hub.connections === 2);
      server.agentSays("Good morning");
      await page.getByRole("log").getByText("Good morning").waitFor();
    });
  });

  test("for too long finds the end, keeps what was unsent, and a new chat can begin", async () => {
    await visit({ context: {} }, async ({ page, context, server }) => {
      await context.clock.install();
      await startChat(page, "first");
      await until("a first sign", () => server.session.heartbeats.length === 1);
      await until("it is connected", () => server.hub.connected === 1);
      await page.getByRole("textbox", { name: "Type a message" }).fill("and another thing");
      await page.waitForTimeout(300);
      server.session.state = "ended";
      server.requests.length = 0;
      await context.clock.fastForward("24:00:00");
      await page.getByRole("button", { name: "Start a new chat" }).click();
      const order = calls(server);
      const reads = order.filter((call) => call === "GET /messages").length;
      assert.ok(order[0] !== "GET /messages" && reads <= 1, order.join());
      assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "and another thing");
      await page.getByRole("button", { name: "Start chat" }).click();
      await page.getByRole("log").getByText("and another thing").waitFor();
      assert.equal(server.sessions.size, 2);
    });
  });
});

describe("a page in the background", AT_ONCE, () => {
  for (const [what, target, away, back] of [
    ["that the browser freezes", "document", "freeze", "resume"],
    ["that is left and come back to", "window", "pagehide", "pageshow"],
  ] as const) {
    test(`${what} rests, and goes on where it was`, async () => {
      await visit({}, async ({ page, server }) => {
        const tell = (type: string): Promise<void> =>
          page.evaluate(
            ([on, name]) => {
              const event = on === "window" ? new PageTransitionEvent(name, { persisted: true }) : new Event(name);
              (on === "window" ? window : document).dispatchEvent(event);
            },
            [target, type] as const,
          );
        await startChat(page, "first");
        await until("it is connected", () => server.hub.connected === 1);
        await tell(away);
        await until("the connection is closed", () => server.hub.connected === 0);
        await until("a goodbye", () => away === "freeze" || server.session.heartbeats.at(-1)?.leaving === true);
        assert.equal(server.session.heartbeats.at(-1)?.leaving, away === "pagehide");
        await page.waitForTimeout(200);
        server.requests.length = 0;
        server.agentSays("while you were away");
        await page.waitForTimeout(300);
        assert.deepEqual(calls(server), []);
        await tell(back);
        await page.getByRole("log").getByText("while you were away").waitFor();
        const order = calls(server);
        assert.ok(order.indexOf("GET ") < order.indexOf("GET /messages"), order.join());
        await until("a sign of life", () => server.session.heartbeats.at(-1)?.leaving === false);
        await say(page, "here I am");
        await until("the server has it", () => server.visitorTexts().length === 2);
      });
    });
  }
});

describe("what is typed", AT_ONCE, () => {
  test("is there after a reload, in its own tab only, and not once it was sent", async () => {
    await visit({}, async ({ page, newTab }) => {
      await startChat(page, "first");
      await page.getByRole("textbox", { name: "Type a message" }).fill("half a thought");
      const other = await newTab();
      await openChat(other);
      assert.equal(await other.getByRole("textbox", { name: "Type a message" }).inputValue(), "");
      await page.reload();
      const field = page.getByRole("textbox", { name: "Type a message" });
      assert.equal(await field.inputValue(), "half a thought");
      await say(page, "a whole thought");
      await page.reload();
      await page.getByRole("log").getByText("a whole thought").waitFor();
      assert.equal(await field.inputValue(), "");
    });
  });

  test("and could not be sent before the session was over is in the form of the next one", async () => {
    await visit({ context: {} }, async ({ page, context, server }) => {
      await startChat(page, "first");
      await context.setOffline(true);
      await say(page, "second");
      await page.getByText("Not sent").waitFor();
      await page.getByRole("textbox", { name: "Type a message" }).fill("third");
      server.session.state = "ended";
      await page.goto("about:blank");
      await context.setOffline(false);
      await page.goto(`${server.hostOrigin}/host`);
      await page.getByText("Your previous chat has ended.").waitFor();
      assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "second\nthird");
    });
  });
});

describe("the first sign of life", AT_ONCE, () => {
  test("is repeated at once where it was not heard", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("heartbeat", { status: 503 }, "lost");
      await startChat(page, "first");
      await until("it was heard", () => server.session.heartbeats.length === 1);
    });
  });
});
