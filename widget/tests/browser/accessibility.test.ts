import assert from "node:assert/strict";
import { describe, test } from "node:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { AT_ONCE, hostPage, openChat, snippet, startChat, until, visit } from "./harness";

/** What axe objects to, as "rule: target". */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary ?? ""}`),
    );
  });
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute("aria-label") ?? element?.getAttribute("name") ?? element?.textContent ?? "";
  });

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe objects to nothing, ${colorScheme}`, async () => {
    await visit({ context: { colorScheme, viewport: { width: 900, height: 800 } } }, async ({ page, server }) => {
      const check = async (what: string): Promise<void> => assert.deepEqual(await objections(page), [], what);
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      await check("launcher");
      await openChat(page);
      await page.getByRole("button", { name: "Start chat" }).click();
      await page.getByText("Please enter your name.").waitFor();
      await check("form with errors");
      await page.getByRole("button", { name: "Close chat" }).click();
      await startChat(page);
      server.agentJoins("Mario");
      server.agentSays("Look at https://track.example/42");
      server.fail("send", { status: 400 });
      await page.getByRole("textbox", { name: "Type a message" }).fill("Thank you");
      await page.keyboard.press("Enter");
      await page.getByText("Not sent").waitFor();
      await check("conversation");
      await page.getByRole("button", { name: "End chat" }).click();
      await check("question");
      await page.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
      await check("ended");
    });
  });
}

test("axe objects to nothing of what the tenant switches on", async () => {
  const widget = {
    consent: "We keep this: https://lunifico.example/privacy",
    transcript: true,
    sound: true,
    offlineForm: true,
  };
  await visit({ widget, context: { viewport: { width: 900, height: 800 } } }, async ({ page, server }) => {
    const check = async (what: string): Promise<void> => assert.deepEqual(await objections(page), [], what);
    const fill = async (): Promise<void> => {
      await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
      await page.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
      await page.getByRole("textbox", { name: "Message" }).fill("Hello");
    };
    server.fail("start", { status: 409, code: "offline" });
    await openChat(page);
    await fill();
    await page.getByRole("button", { name: "Start chat" }).click();
    await page.getByText("Please agree before you go on.").waitFor();
    await check("notice");
    await page.getByRole("checkbox", { name: "I agree" }).check();
    await page.getByRole("button", { name: "Start chat" }).click();
    await page.getByRole("button", { name: "Leave message" }).click();
    await page.getByText("Your message has arrived.").waitFor();
    await check("message left");
    await page.getByRole("button", { name: "Write another message" }).click();
    await fill();
    await page.getByRole("checkbox", { name: "I agree" }).check();
    await page.getByRole("button", { name: "Start chat" }).click();
    await page.getByRole("log").waitFor();
    server.session.queue = { position: 2, expectedWait: 60 };
    server.systemSays("Please wait", "position");
    await page.getByText("You are number 2 in the queue, about 1 minute.").waitFor();
    await page.getByRole("button", { name: "More options" }).click();
    await page.getByRole("button", { name: "Save conversation" }).waitFor();
    await check("queue and options");
    server.agentJoins("Mario");
    await until("it is connected", () => server.hub.connected === 1);
    await page.getByText("Mario is with you").waitFor();
    server.agentTypes();
    await page.getByText("Mario is typing").waitFor();
    await check("typing");
  });
});

describe("by keyboard alone", AT_ONCE, () => {
  test("a visitor opens, writes, ends and closes", async () => {
    await visit({}, async ({ page, server }) => {
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "Open chat");
      await page.keyboard.press("Enter");
      await until("the form has the focus", async () => (await focused(page)) === "name");
      await page.keyboard.type("Carla Customer");
      await page.keyboard.press("Tab");
      await page.keyboard.type("carla@customer.example");
      await page.keyboard.press("Tab");
      await page.keyboard.type("Hello");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await until("the conversation has the focus", async () => (await focused(page)) === "Type a message");
      await page.keyboard.type("one");
      await page.keyboard.press("Shift+Enter");
      await page.keyboard.type("two");
      await page.keyboard.press("Enter");
      await until("the server has it", () => server.visitorTexts().length === 2);
      assert.equal(server.visitorTexts()[1], "one\ntwo");
      await page.keyboard.press("Shift+Tab");
      assert.equal(await focused(page), "Conversation");
      await page.keyboard.press("Shift+Tab");
      assert.equal(await focused(page), "Minimize");
      await page.keyboard.press("Shift+Tab");
      assert.equal(await focused(page), "End chat");
      await page.keyboard.press("Enter");
      await until("the question has the focus", async () => (await focused(page)) === "Keep chatting");
      await page.keyboard.press("Escape");
      await until("the question is gone", async () => (await page.getByRole("alertdialog").count()) === 0);
      assert.equal(await focused(page), "Type a message");
      await page.keyboard.press("Escape");
      await until("the launcher has the focus", async () => (await focused(page)) === "Open chat");
      await page.keyboard.press("Enter");
      await until("the conversation has the focus", async () => (await focused(page)) === "Type a message");
    });
  });

  test("the focus is never trapped: Tab leads out of the panel to the launcher and the page", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.pages.set("/links", { html: hostPage(`${snippet(server.origin)}<a href="#end">After</a>`) });
      await page.goto(`${server.hostOrigin}/links`);
      await startChat(page);
      const seen: string[] = [];
      for (let step = 0; step < 6 && seen.at(-1) !== "After"; step++) {
        await page.keyboard.press("Tab");
        seen.push(await focused(page));
      }
      assert.deepEqual(seen, ["Send", "Close chat", "After"]);
    });
  });
});

describe("for screen readers", AT_ONCE, () => {
  test("what the other side writes is told by the log, and not what the visitor writes", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      server.agentSays("Hi Carla");
      const log = page.getByRole("log", { name: "Conversation" });
      await log.getByText("Hi Carla").waitFor();
      assert.equal(await log.getAttribute("aria-live"), "polite");
      assert.equal(await log.getByRole("listitem").filter({ hasText: "Hi Carla" }).getAttribute("aria-live"), null);
      assert.equal(await log.getByRole("listitem").filter({ hasText: "My order" }).getAttribute("aria-live"), "off");
    });
  });

  test("what the other side writes while the panel is closed is told as well, once", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      server.agentSays("seen");
      await page.getByRole("log").getByText("seen").waitFor();
      const told = page.locator("interact-widget div[role=status].visually-hidden");
      await page.getByRole("button", { name: "Close chat" }).click();
      server.agentSays("Are you there?");
      await until("it is told", async () => (await told.textContent()) === "Mario: Are you there?");
      await openChat(page);
      await until("the log has it now", async () => (await told.textContent()) === "");
    });
  });

  test("history is not told after a reload", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      server.agentSays("old");
      await page.getByRole("log").getByText("old").waitFor();
      await page.getByRole("button", { name: "Minimize" }).click();
      await page.reload();
      await page.getByRole("button", { name: "Open chat", exact: true }).waitFor();
      await until("it was read", () => server.requests.filter(({ path }) => path.includes("/messages")).length > 2);
      server.agentSays("new");
      const told = page.locator("interact-widget div[role=status].visually-hidden");
      await until("it is told", async () => (await told.textContent()) === "Mario: new");
    });
  });
});

describe("on small and odd screens", AT_ONCE, () => {
  for (const [what, viewport] of [
    ["320 px wide", { width: 320, height: 568 }],
    ["zoomed to 400 %", { width: 320, height: 256 }],
    ["a phone on its side", { width: 667, height: 375 }],
  ] as const) {
    test(`${what}: the panel fills the screen and nothing is cut off`, async () => {
      await visit({ context: { viewport } }, async ({ page, server }) => {
        await startChat(page);
        server.agentSays(`A long word: ${"Donaudampfschifffahrt".repeat(8)} https://track.example/${"x".repeat(120)}`);
        await page.getByRole("log").getByText("A long word").waitFor();
        const box = await page.getByRole("dialog", { name: /Chat with/ }).boundingBox();
        assert.deepEqual(box, { x: 0, y: 0, ...viewport });
        const wide = await page.locator(".log").evaluate((log) => log.scrollWidth > log.clientWidth);
        assert.equal(wide, false, "the conversation scrolls sideways");
        for (const name of ["Minimize", "Send", "End chat"]) {
          const button = await page.getByRole("button", { name }).boundingBox();
          assert.ok(
            button &&
              button.x >= 0 &&
              button.y >= 0 &&
              button.x + button.width <= viewport.width &&
              button.y + button.height <= viewport.height,
            `${name} is cut off`,
          );
        }
        await page.getByRole("button", { name: "Minimize" }).click();
        await page.getByRole("button", { name: "Open chat" }).waitFor();
      });
    });
  }

  test("controls are at least 24 by 24 pixels", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page);
      server.fail("send", { status: 400 });
      await page.getByRole("textbox", { name: "Type a message" }).fill("Thank you");
      await page.keyboard.press("Enter");
      await page.getByText("Not sent").waitFor();
      for (const button of await page.locator("interact-widget").getByRole("button").all()) {
        const box = await button.boundingBox();
        assert.ok(box && box.width >= 24 && box.height >= 24, await button.innerText());
      }
    });
  });

  test("from right to left the panel and the launcher change sides", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      const options = {
        widgetKey: "k",
        serviceId: "s",
        locale: "ar",
        texts: { openChat: "افتح الدردشة", name: "الاسم" },
      };
      server.pages.set("/rtl", { html: hostPage(snippet(server.origin, options)) });
      await page.goto(`${server.hostOrigin}/rtl`);
      const launcher = page.getByRole("button", { name: "افتح الدردشة" });
      const box = await launcher.boundingBox();
      assert.equal(box?.x, 20);
      await launcher.click();
      const field = page.getByRole("textbox", { name: "الاسم" });
      await field.waitFor();
      const panel = await page.getByRole("dialog").boundingBox();
      assert.equal(panel?.x, 20);
    });
  });

  test("reduced motion is respected, and forced colours keep borders", async () => {
    await visit({ context: { reducedMotion: "no-preference", forcedColors: "active" } }, async ({ page }) => {
      await startChat(page);
      const panel = page.getByRole("dialog", { name: /Chat with/ });
      assert.equal(await panel.evaluate((element) => getComputedStyle(element).animationName), "rise");
      await page.emulateMedia({ reducedMotion: "reduce" });
      assert.equal(await panel.evaluate((element) => getComputedStyle(element).animationName), "none");
      assert.equal(await panel.evaluate((element) => getComputedStyle(element).borderTopWidth), "1px");
    });
  });
});
