import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { AT_ONCE, openChat, startChat, until, visit } from "./harness";

async function fill(page: Page, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await page.getByRole("textbox", { name }).fill(value);
  await page.getByRole("button", { name: "Start chat" }).click();
}

const GOOD = { Name: "Carla Customer", Email: "carla@customer.example", Message: "Hello" };

describe("the form", AT_ONCE, () => {
  test("tells what is missing at the fields, and takes the visitor to the first", async () => {
    await visit({}, async ({ page, server }) => {
      await openChat(page);
      await fill(page, { Name: "Carla Customer", Email: "carla@", Message: " " });
      const email = page.getByRole("textbox", { name: "Email" });
      assert.equal(await email.evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field), true);
      assert.equal(await email.getAttribute("aria-invalid"), "true");
      const described = await email.getAttribute("aria-describedby");
      assert.equal(await page.locator(`#${described}`).innerText(), "Please enter a complete email address.");
      await page.getByText("Please write a message.").waitFor();
      assert.equal(server.sessions.size, 0);
    });
  });

  test("shows the server's objection at its field", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("start", { status: 400, code: "invalid", field: "customer.email" });
      await openChat(page);
      await fill(page, GOOD);
      await page.getByText("Please check this entry.").waitFor();
      assert.equal(await page.getByRole("textbox", { name: "Email" }).getAttribute("aria-invalid"), "true");
      await page.getByRole("button", { name: "Start chat" }).click();
      await page.getByRole("log").waitFor();
    });
  });

  test("is sent again with the same key where the answer was lost, and opens one session", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("start", "unanswered");
      await startChat(page, "Hello");
      assert.equal(server.sessions.size, 1);
      assert.match(server.session.request.idempotencyKey, /^[0-9a-f]{32}$/);
    });
  });

  test("keeps what was written when nothing worked, and its key for the next try", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("start", "unanswered", "lost", { status: 500 });
      await openChat(page);
      await fill(page, GOOD);
      await page.getByText("That did not work. Please try again.").waitFor();
      assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "Hello");
      await page.getByRole("button", { name: "Start chat" }).click();
      await page.getByRole("log").waitFor();
      assert.equal(server.sessions.size, 1);
    });
  });

  test("waits as long as a busy server asks", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("start", { status: 429, code: "busy", retryAfter: 2 });
      await openChat(page);
      await fill(page, GOOD);
      await page.getByText(/There is a lot going on right now. Please try again in \d s/).waitFor();
      await page.getByRole("textbox", { name: "Name" }).press("Enter");
      assert.equal(server.sessions.size, 0);
      await page.getByText("Please try again in a moment.").waitFor();
      await page.getByRole("button", { name: "Start chat" }).click();
      await page.getByRole("log").waitFor();
    });
  });

  test("says that nobody is there", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("start", { status: 503, code: "offline" });
      await openChat(page);
      await fill(page, GOOD);
      await page.getByText("Nobody is available at the moment.").waitFor();
    });
  });
});

test("the page's access token goes along, asked for anew at every start", async () => {
  await visit({}, async ({ page, server }) => {
    await page.evaluate(() => {
      let calls = 0;
      const accessToken = (): Promise<string> => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error("not signed in")) : Promise.resolve(`token ${calls}`);
      };
      if (window.Nimbus?.isLoaded) window.Nimbus.Interact({ widgetKey: "k", serviceId: "other", accessToken }).open();
    });
    await fill(page, GOOD);
    await page.getByText("That did not work. Please try again.").waitFor();
    await page.getByRole("button", { name: "Start chat" }).click();
    await page.getByRole("log").waitFor();
    assert.equal(server.session.request.accessToken, "token 2");
  });
});

test("whom the page cannot vouch for is asked to sign in, where that is demanded", async () => {
  await visit({ widget: { accessTokenRequired: true } }, async ({ page, server }) => {
    await page.evaluate(() => {
      let signedIn = false;
      const getAccessToken = (): Promise<string> => {
        if (signedIn) return Promise.resolve("token");
        signedIn = true;
        return Promise.reject(new Error("not signed in"));
      };
      if (window.Nimbus?.isLoaded)
        window.Nimbus.Interact({ widgetKey: "k", serviceId: "other", getAccessToken }).open();
    });
    await fill(page, GOOD);
    const signIn = page.getByText("Please sign in on this page, then try again.");
    await signIn.waitFor();
    server.fail("start", { status: 403, code: "not_allowed" });
    const refused = page.waitForResponse((response) => response.status() === 403);
    await page.getByRole("button", { name: "Start chat" }).click();
    await refused;
    await signIn.waitFor();
    await page.getByRole("button", { name: "Start chat" }).click();
    await page.getByRole("log").waitFor();
    assert.equal(server.session.request.accessToken, "token");
  });
});

describe("a contact", AT_ONCE, () => {
  test("that this page may not have is told as such", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("contact", { status: 403, code: "not_allowed" });
      await openChat(page);
      await page.getByText("This chat is not available on this page.").waitFor();
      assert.equal(await page.getByRole("textbox").count(), 0);
    });
  });

  test("that could not be asked for is asked for again", async () => {
    await visit({}, async ({ page, server }) => {
      server.fail("contact", { status: 500 });
      await openChat(page);
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("textbox", { name: "Name" }).waitFor();
    });
  });
});

test("the language follows the page, and the server hears of it", async () => {
  await visit({ body: "" }, async ({ page, server }) => {
    await page.evaluate(() => (document.documentElement.lang = "de-CH"));
    await page.evaluate((origin) => {
      Object.assign(window, {
        Nimbus: { queue: [{ widgetKey: "k", serviceId: "s", texts: { startChat: "Los geht’s" } }] },
      });
      const script = document.createElement("script");
      script.src = `${origin}/widget/interact.js`;
      document.body.append(script);
    }, server.origin);
    await page.getByRole("button", { name: "Chat öffnen" }).click();
    await page.getByRole("textbox", { name: "E-Mail" }).fill("carla@customer.example");
    await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
    await page.getByRole("textbox", { name: "Nachricht" }).fill("Grüezi");
    await page.getByRole("button", { name: "Los geht’s" }).click();
    await page.getByRole("log", { name: "Unterhaltung" }).waitFor();
    await until("the session is there", () => server.sessions.size === 1);
    assert.equal(server.session.request.language, "de-CH");
  });
});
