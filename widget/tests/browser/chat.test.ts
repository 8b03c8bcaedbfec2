import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AT_ONCE, say, startChat, until, visit } from "./harness";

describe("a conversation", AT_ONCE, () => {
  test("goes both ways, by reading alone", async () => {
    await visit({ realtime: false }, async ({ page, server, complaints }) => {
      await startChat(page, "My order #42 has not arrived yet.");
      server.agentJoins("Mario");
      server.agentSays("Hi Carla, let me look that up.");
      const log = page.getByRole("log", { name: "Conversation" });
      await log.getByText("Hi Carla, let me look that up.").waitFor();
      await page.getByText("Mario is with you").waitFor();
      await say(page, "Great, thank you!");
      await until("the server has it", () => server.visitorTexts().length === 2);
      assert.deepEqual(server.visitorTexts(), ["My order #42 has not arrived yet.", "Great, thank you!"]);
      assert.deepEqual(server.session.request.customer, {
        displayName: "Carla Customer",
        email: "carla@customer.example",
      });
      assert.deepEqual(complaints, []);
    });
  });

  test("is quick by realtime nudges, and goes on when the connection is lost", async () => {
    await visit({}, async ({ page, server, complaints }) => {
      await startChat(page);
      await until("the hub has the visitor", () => server.hub.connected === 1);
      await page.waitForTimeout(300);
      const before = server.requests.length;
      const start = Date.now();
      server.agentSays("That was fast.");
      await page.getByText("That was fast.", { exact: true }).last().waitFor();
      // Without a nudge it would be fifteen.
      assert.ok(Date.now() - start < 10_000, "a nudge was not heeded");
      server.hub.drop();
      await page.waitForTimeout(300);
      server.agentSays("Still here.");
      await page.getByText("Still here.", { exact: true }).last().waitFor();
      assert.ok(server.requests.length > before);
      assert.deepEqual(
        complaints.filter((text) => !text.includes("WebSocket")),
        [],
      );
    });
  });

  test("starts with one message in the thread, also where the first read is slow", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("list", { status: 500 });
      await startChat(page, "Only once");
      await page.waitForTimeout(1500);
      assert.equal(await page.getByRole("log").getByText("Only once", { exact: true }).count(), 1);
    });
  });

  test("shows what is written as it was written", async () => {
    const hostile = "<img src=x onerror=alert(1)> **bold** $(Customer.FirstName)\n<script>alert(2)</script>";
    await visit({}, async ({ page, server }) => {
      await startChat(page, hostile);
      server.agentSays(hostile);
      const bubbles = page.getByRole("log").locator(".bubble");
      await until("both are shown", async () => (await bubbles.count()) === 2);
      for (const bubble of await bubbles.all()) assert.equal(await bubble.innerText(), hostile);
      assert.equal(await page.locator("interact-widget img, interact-widget script").count(), 0);
    });
  });

  test("opens addresses apart from the page", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      server.agentSays("It is at https://track.example/42, see javascript:alert(1)");
      const link = page.getByRole("log").getByRole("link");
      await link.waitFor();
      assert.equal(await link.count(), 1);
      assert.equal(await link.getAttribute("href"), "https://track.example/42");
      assert.equal(await link.getAttribute("rel"), "noopener noreferrer nofollow");
      assert.equal(await link.getAttribute("target"), "_blank");
    });
  });

  test("stays where the visitor reads, and offers the way to new messages", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      for (let line = 1; line <= 30; line++) server.agentSays(`Line ${line}`);
      const log = page.getByRole("log");
      await log.getByText("Line 30").waitFor();
      await until("the end is in view", () =>
        log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight < 5),
      );
      await log.evaluate(
        (list) =>
          new Promise((resolve) => {
            list.addEventListener("scroll", () => requestAnimationFrame(resolve), { once: true });
            list.scrollTo({ top: 0 });
          }),
      );
      server.agentSays("One more");
      await page.getByRole("button", { name: "New messages" }).click();
      await until("the end is in view", () =>
        log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight < 5),
      );
      assert.equal(await page.getByRole("button", { name: "New messages" }).count(), 0);
    });
  });

  test("is counted on the launcher while the panel is closed", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      const title = await page.title();
      await page.getByRole("button", { name: "Close chat" }).click();
      server.agentSays("one");
      server.agentSays("two");
      const launcher = page.getByRole("button", { name: "Open chat, 2 unread messages" });
      await launcher.waitFor();
      assert.equal(await page.title(), title);
      await launcher.click();
      await page.getByRole("log").getByText("two").waitFor();
      await page.getByRole("button", { name: "Close chat", exact: true }).click();
      await page.getByRole("button", { name: "Open chat", exact: true }).waitFor();
    });
  });
});

test("a second chat on the same page counts its messages from the beginning", async () => {
  await visit({}, async ({ page, server }) => {
    await startChat(page);
    for (let line = 1; line <= 5; line++) server.agentSays(`Line ${line}`);
    await page.getByRole("log").getByText("Line 5").waitFor();
    server.endSession();
    await page.getByRole("button", { name: "Start a new chat" }).click();
    await page.getByRole("textbox", { name: "Message" }).fill("Again");
    await page.getByRole("button", { name: "Start chat" }).click();
    await page.getByRole("log").getByText("Again").waitFor();
    await page.getByRole("button", { name: "Minimize" }).click();
    server.agentSays("Hello again");
    await page.getByRole("button", { name: "Open chat, 1 unread message" }).waitFor();
  });
});

describe("the end", AT_ONCE, () => {
  test("is asked for, confirmed, and leads to a new chat with the name kept", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      await page.getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Keep chatting" }).click();
      assert.equal(server.session.state, "waiting");
      await page.getByRole("button", { name: "End chat" }).click();
      await page.getByRole("alertdialog", { name: "End this chat?" }).getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Start a new chat" }).click();
      assert.equal(server.session.state, "ended");
      assert.equal(await page.getByRole("textbox", { name: "Name" }).inputValue(), "Carla Customer");
      assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "");
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
      await page.getByRole("textbox", { name: "Message" }).fill("Another question");
      await page.getByRole("button", { name: "Start chat" }).click();
      await page.getByRole("log").getByText("Another question").waitFor();
      assert.equal(server.sessions.size, 2);
    });
  });

  for (const event of ["ended", "declined"]) {
    test(`comes with the relay's event "${event}"`, async () => {
      await visit({}, async ({ page, server }) => {
        await startChat(page);
        server.systemSays("That was it.", event);
        await page.getByRole("button", { name: "Start a new chat" }).waitFor();
        await page.getByRole("log").getByText("That was it.").waitFor();
        assert.equal(await page.getByRole("textbox", { name: "Type a message" }).count(), 0);
      });
    });
  }

  for (const event of ["noAgent", "outOfHours"]) {
    test(`is asked for at the server behind the relay's event "${event}"`, async () => {
      await visit({}, async ({ page, server }) => {
        await startChat(page);
        server.systemSays("Sorry.", event);
        await page.getByRole("log").getByText("Sorry.").waitFor();
        const asked = `/api/widget/v1/sessions/${server.session.id}`;
        await until("asked", () => server.requests.some(({ method, path }) => method === "GET" && path === asked));
        assert.equal(await page.getByRole("textbox", { name: "Type a message" }).count(), 1);
      });
    });
  }

  test("is shown behind what was said last, also where the page hears of the end first", async () => {
    await visit({ realtime: false }, async ({ page, server }) => {
      await startChat(page);
      await until("a first sign", () => server.session.heartbeats.length === 1);
      server.session.lastWords = "We are closed until Monday.";
      server.session.state = "ended";
      server.systemSays("Sorry.", "outOfHours");
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
      await page.getByRole("log").getByText("We are closed until Monday.").waitFor();
    });
  });

  test("is noticed when the thread is closed to the visitor", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      // Else the first sign of life might be the one that hears of it.
      await until("a first sign", () => server.session.heartbeats.length === 1);
      server.session.state = "ended";
      server.hub.nudge(server.session.id);
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
      assert.ok(
        server.requests.some(
          ({ method, path }) => method === "GET" && path === `/api/widget/v1/sessions/${server.session.id}`,
        ),
      );
    });
  });

  test("that could not be told to the server can be tried again", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      server.fail("end", { status: 500 });
      await page.getByRole("button", { name: "End chat" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await page.getByText("The chat could not be ended.").waitFor();
      await page.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
    });
  });
});

test("signs of life: at the start, and a goodbye when the page goes", async () => {
  await visit({}, async ({ page, server }) => {
    await startChat(page);
    await until("a first sign", () => server.session.heartbeats.length === 1);
    await page.goto("about:blank");
    await until("a goodbye", () => server.session.heartbeats.length === 2);
    assert.deepEqual(server.session.heartbeats, [{ leaving: false }, { leaving: true }]);
  });
});

test("the visitor's name and address are not stored", async () => {
  await visit({}, async ({ page }) => {
    await startChat(page);
    const stored = await page.evaluate(() => JSON.stringify(localStorage));
    assert.doesNotMatch(stored, /carla|My order/i);
  });
});
