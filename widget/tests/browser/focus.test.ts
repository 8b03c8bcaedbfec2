import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { AT_ONCE, openChat, SERVICE, snippet, startChat, until, visit, type Visit } from "./harness";

const FIELD = '<input aria-label="Search" />';

/** On a page with a field of its own, in which the visitor types while the widget does something. */
async function visitWithField(use: (visit: Visit) => Promise<void>): Promise<void> {
  await visit({ body: "" }, async (all) => {
    const { page, server } = all;
    const html = `<!doctype html><title>Shop</title><main>${FIELD}<p>Shoes</p></main>${snippet(server.origin)}`;
    server.pages.set("/shop", { html });
    await page.goto(`${server.hostOrigin}/shop`);
    await use(all);
  });
}

/** What is typed meanwhile arrives in the page's field, all of it. */
async function typesWhile(
  page: Page,
  happens: () => Promise<void> | void,
  shown: () => Promise<unknown>,
): Promise<void> {
  await page.getByRole("textbox", { name: "Search" }).click();
  await page.keyboard.type("blue ");
  await happens();
  await shown();
  await page.keyboard.type("shoes");
  assert.equal(await page.getByRole("textbox", { name: "Search" }).inputValue(), "blue shoes");
}

async function fillIn(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
  await page.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
  await page.getByRole("textbox", { name: "Message" }).fill("Hello");
}

const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const host = document.activeElement;
    return (host?.shadowRoot?.activeElement ?? host)?.localName;
  });

describe("who types in a field of the page", AT_ONCE, () => {
  test("goes on typing there when the form gives way to the conversation, and that to its end", async () => {
    await visitWithField(async ({ page, server }) => {
      await openChat(page);
      await fillIn(page);
      server.fail("start", { status: 503, retryAfter: 1 });
      await page.getByRole("button", { name: "Start chat" }).click();
      await typesWhile(
        page,
        () => undefined,
        () => page.getByRole("textbox", { name: "Type a message" }).waitFor(),
      );
      await page.getByRole("textbox", { name: "Search" }).fill("");
      await typesWhile(
        page,
        () => server.endSession(),
        () => page.getByRole("button", { name: "Start a new chat" }).waitFor(),
      );
    });
  });

  test("goes on typing there when the server refuses a field of the form", async () => {
    await visitWithField(async ({ page, server }) => {
      await openChat(page);
      await fillIn(page);
      server.fail("start", { status: 503, retryAfter: 1 }, { status: 400, code: "invalid", field: "customer.email" });
      await page.getByRole("button", { name: "Start chat" }).click();
      await typesWhile(
        page,
        () => undefined,
        () => page.getByText("Please check this entry.").waitFor(),
      );
    });
  });

  test("goes on typing there when the page opens the chat by itself", async () => {
    await visitWithField(async ({ page }) => {
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      await typesWhile(
        page,
        () =>
          page.evaluate((options) => {
            const nimbus = window.Nimbus;
            if (nimbus?.isLoaded) nimbus.Interact(options).open();
          }, SERVICE),
        () => page.getByRole("textbox", { name: "Name" }).waitFor(),
      );
    });
  });
});

test("who reads the page is left there when the conversation ends: a key that scrolls must press nothing", async () => {
  await visitWithField(async ({ page, server }) => {
    await startChat(page);
    await page.getByText("Shoes").click();
    assert.equal(await focused(page), "body");
    server.endSession();
    await page.getByRole("button", { name: "Start a new chat" }).waitFor();
    assert.equal(await focused(page), "body");
  });
});

test("who was in the conversation goes on where it ends", async () => {
  await visitWithField(async ({ page, server }) => {
    await startChat(page);
    server.endSession();
    await until("the button has the focus", async () => (await focused(page)) === "button");
  });
});
