import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import type { FakeServer } from "../fake-server";
import { AT_ONCE, hostPage, openChat, SERVICE, snippet, startChat, until, visit } from "./harness";

const LAUNCHER = { name: "Open chat" };

/** A page whose widget subscribes like this. */
async function open(page: Page, server: FakeServer, presenceSubscription: string, more: object = {}): Promise<void> {
  const html = hostPage(snippet(server.origin, { ...SERVICE, presenceSubscription, ...more }));
  server.pages.set("/watching", { html });
  await page.goto(`${server.hostOrigin}/watching`);
}

/** What the page shows beside its launcher. */
function sign(page: Page, text: string) {
  return page.getByRole("status").getByText(text, { exact: true });
}

/** The requests of presence, by what they subscribe to. */
function asked(server: FakeServer): string[] {
  const asking = server.requests.filter(({ path }) => path.startsWith("/api/widget/v1/presence"));
  return asking.map(({ path }) => new URLSearchParams(path.split("?")[1]).get("subscription") ?? "");
}

describe("presence", AT_ONCE, () => {
  test("comes by push and stands beside the launcher, in words", async () => {
    await visit({ body: "" }, async ({ page, server, complaints }) => {
      await open(page, server, "signalR");
      await sign(page, "Available").waitFor();
      await until(
        "it was looked for changes meanwhile",
        () => server.hub.connected === 1 && asked(server).length === 2,
      );
      server.setPresence("busy");
      await sign(page, "Busy").waitFor();
      server.setPresence("offline");
      await sign(page, "Offline").waitFor();
      assert.equal(asked(server).length, 2, "nobody has asked for it");
      assert.deepEqual(complaints, []);
    });
  });

  test("belongs to the launcher for those who hear it, which keeps its name", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      await open(page, server, "signalR");
      await sign(page, "Available").waitFor();
      const launcher = page.getByRole("button", { name: "Open chat", exact: true });
      const description = await launcher.evaluate(
        (button) =>
          (button.getRootNode() as ShadowRoot).getElementById(button.getAttribute("aria-describedby") ?? "")?.innerText,
      );
      assert.match(description ?? "", /^Chat:\s+Available$/);
    });
  });

  test("is asked for now and then where that was chosen, without a connection", async () => {
    await visit({ body: "", checkAfter: 0.3 }, async ({ page, server, complaints }) => {
      await open(page, server, "poll");
      await sign(page, "Available").waitFor();
      server.setPresence("busy");
      await sign(page, "Busy").waitFor();
      assert.equal(server.hub.connections, 0);
      assert.deepEqual(new Set(asked(server)), new Set(["poll"]));
      assert.deepEqual(complaints, []);
    });
  });

  for (const subscription of ["none", undefined]) {
    test(`is nobody's affair with ${subscription ?? "nothing chosen"}: nothing is loaded before the click, nothing asked after`, async () => {
      await visit({ body: "" }, async ({ page, server }) => {
        await open(page, server, subscription as string);
        await page.getByRole("button", LAUNCHER).waitFor();
        await page.waitForLoadState("networkidle");
        const paths = server.requests.map(({ path }) => path);
        assert.deepEqual(
          paths.filter((path) => path.startsWith("/widget/") || path.startsWith("/api/")),
          ["/widget/interact.js"],
        );
        await openChat(page);
        await page.getByRole("textbox", { name: "Name" }).waitFor();
        await page.waitForLoadState("networkidle");
        assert.deepEqual(asked(server), []);
      });
    });
  }

  test("is loaded only when the page has come to rest", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      const slow = `<img src="/slow.png" alt="">`;
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      await page.route("**/slow.png", async (route) => {
        await held;
        await route.fulfill({ status: 204 });
      });
      const html = hostPage(slow + snippet(server.origin, { ...SERVICE, presenceSubscription: "signalR" }));
      server.pages.set("/slowly", { html });
      await page.goto(`${server.hostOrigin}/slowly`, { waitUntil: "commit" });
      await page.getByRole("button", LAUNCHER).waitFor();
      await page.waitForTimeout(300);
      assert.equal(
        server.requests.some(({ path }) => path.includes("presence")),
        false,
      );
      release();
      await sign(page, "Available").waitFor();
    });
  });

  test("comes to a page that never rests as well", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      await page.addInitScript(() => {
        window.requestIdleCallback = (callback, options) =>
          options?.timeout
            ? window.setTimeout(callback, options.timeout, { didTimeout: true, timeRemaining: () => 0 })
            : 0;
      });
      await open(page, server, "signalR");
      await sign(page, "Available").waitFor();
    });
  });

  test("goes on by polling while the connection is lost, and comes back, without a word", async () => {
    await visit({ body: "", checkAfter: 0.3 }, async ({ page, server }) => {
      await open(page, server, "signalR");
      await until("somebody listens", () => server.hub.connected === 1);
      await page.evaluate(() => {
        const root = document.querySelector("interact-widget")?.shadowRoot;
        const texts: string[] = ((window as { texts?: string[] }).texts = []);
        new MutationObserver(() => texts.push(root?.querySelector(".presence")?.textContent ?? "gone")).observe(
          root as Node,
          { childList: true, subtree: true, characterData: true },
        );
      });
      server.hub.refusing = true;
      server.hub.drop();
      server.setPresence("busy");
      await sign(page, "Busy").waitFor();
      await until("it is asked for", () => asked(server).filter((one) => one === "poll").length > 1);
      server.hub.refusing = false;
      await until("somebody listens again", () => server.hub.connected === 1);
      server.setPresence("available");
      await sign(page, "Available").waitFor();
      const texts = await page.evaluate(() => (window as { texts?: string[] }).texts);
      assert.deepEqual(new Set(texts), new Set(["Chat: Busy", "Chat: Available"]), "never gone, nothing else said");
    });
  });

  test("stands in the header of the form, and gives way to the conversation", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      await open(page, server, "signalR");
      await sign(page, "Available").waitFor();
      await openChat(page);
      const header = page.locator(".header");
      await header.getByText("Available", { exact: true }).waitFor();
      server.setPresence("busy");
      await header.getByText("Busy", { exact: true }).waitFor();
      assert.equal(await page.locator("#presence").evaluate((shown) => getComputedStyle(shown).opacity), "0");
      await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
      await page.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
      await page.getByRole("textbox", { name: "Message" }).fill("Hello");
      await page.getByRole("button", { name: "Start chat" }).click();
      await header.getByText("We will be with you shortly").waitFor();
    });
  });

  test("speaks the visitor's language, or the page's own words", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.setPresence("busy");
      await open(page, server, "poll", { locale: "de-CH" });
      await sign(page, "Beschäftigt").waitFor();
      await open(page, server, "poll", { texts: { presenceBusy: "In a call" } });
      await sign(page, "In a call").waitFor();
    });
  });

  test("is not shown to a page that may not talk to the contact", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.fail("presence", { status: 403, code: "not_allowed" });
      await open(page, server, "signalR");
      await until("it is asked for", () => asked(server).length === 1);
      await page.waitForTimeout(300);
      assert.equal(asked(server).length, 1, "and not again");
      assert.equal(await page.getByRole("status").count(), 0);
    });
  });

  test("is seen where colours are forced, and nothing of it is found wanting", async () => {
    await visit({ body: "", context: { forcedColors: "active" } }, async ({ page, server }) => {
      await open(page, server, "signalR");
      const shown = sign(page, "Available");
      await shown.waitFor();
      const colours = await shown.evaluate((text) => {
        const mark = getComputedStyle(text, "::before");
        return { mark: mark.borderTopColor, text: getComputedStyle(text).color, width: mark.borderTopWidth };
      });
      assert.equal(colours.mark, colours.text);
      assert.notEqual(colours.width, "0px");
    });
  });

  test("ends with its widget, and begins again with it", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      await open(page, server, "signalR");
      await until("somebody listens", () => server.hub.connected === 1);
      await page.evaluate((options) => {
        if (window.Nimbus?.isLoaded) window.Nimbus.Interact(options).destroy();
      }, SERVICE);
      await until("nobody listens", () => server.hub.connected === 0);
      await page.evaluate(
        (options) => {
          if (window.Nimbus?.isLoaded) window.Nimbus.Interact(options);
        },
        { ...SERVICE, presenceSubscription: "signalR" },
      );
      await until("somebody listens again", () => server.hub.connected === 1);
      await sign(page, "Available").waitFor();
    });
  });

  test("and the chat have a connection each", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      await open(page, server, "signalR");
      await until("somebody listens", () => server.hub.connected === 1);
      await startChat(page);
      await until("the chat listens too", () => server.hub.connected === 2);
      server.agentJoins("Mario Rossi");
      await page.getByText("Mario Rossi is with you").waitFor();
    });
  });
});
