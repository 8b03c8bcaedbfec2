import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import type { Widget } from "../../src/npm";
import { AT_ONCE, hostPage, openChat, SERVICE, snippet, startChat, until, visit } from "./harness";

/** Writes down every event in `window.seen`, those of the widget and those of the document. */
const SPY = `<script>
window.seen = [];
window.Nimbus = { queue: [${JSON.stringify(SERVICE)}] };
const names = ["ready", "opened", "started", "message", "ended", "error"];
for (const name of names) {
  window.Nimbus.queue.push(["on", name, () => { throw new Error("listener of " + name); }]);
  window.Nimbus.queue.push(["on", name, ({ widget, sessionId, id, ...detail }) => {
    if (name === "ready") window.widget = widget;
    window.seen.push([name, detail]);
  }]);
  document.addEventListener("interact:" + name, ({ type, target }) => window.seen.push([type, target.localName]));
}
addEventListener("error", (event) => event.preventDefault());
</script>`;

const CARLA = { name: "Carla Customer", email: "carla@customer.example" };

/** Events as `on()` and, marked with a star, the document heard them; a conversation's text with its author. */
async function seen(page: Page): Promise<string[]> {
  const events = await page.evaluate(() => (window as unknown as { seen: [string, Record<string, string>][] }).seen);
  return events.map(([name, detail]) => {
    if (name.startsWith("interact:")) return `*${name.slice(9)}`;
    const { author, text, code, recovered } = detail;
    if (name === "message") return `${author ?? ""}: ${text ?? ""}`;
    if (name === "started") return recovered ? "recovered" : "started";
    return code ? `${name} ${code}` : name;
  });
}

async function call<Method extends keyof Widget>(
  page: Page,
  method: Method,
  ...values: Parameters<Widget[Method]>
): Promise<void> {
  await page.evaluate(
    ([options, name, given]) => {
      const nimbus = window.Nimbus;
      if (!nimbus?.isLoaded) throw new Error("not loaded");
      (nimbus.Interact(options)[name] as (...all: unknown[]) => void)(...given);
    },
    [SERVICE, method, values] as const,
  );
}

describe("a page", AT_ONCE, () => {
  test("hears what happens, in order and once, whatever its other listeners throw", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.pages.set("/spy", { html: hostPage(`${SPY}<script src="${server.origin}/widget/interact.js"></script>`) });
      await page.goto(`${server.hostOrigin}/spy`);
      await startChat(page, "Hello");
      server.agentJoins("Mario");
      server.agentSays("Hi Carla");
      await page.getByRole("log").getByText("Hi Carla").waitFor();
      await call(page, "end");
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
      const all = await seen(page);
      assert.deepEqual(
        all.filter((event) => !event.startsWith("*")),
        [
          "ready",
          "opened",
          "started",
          "visitor: Hello",
          "system: Mario joined the conversation",
          "agent: Hi Carla",
          "ended",
        ],
      );
      assert.deepEqual(
        all.filter((event) => event.startsWith("*")),
        ["*ready", "*opened", "*started", "*message", "*message", "*message", "*ended"],
      );
    });
  });

  test("does not hear the history of a conversation that is taken up again", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.pages.set("/spy", { html: hostPage(`${SPY}<script src="${server.origin}/widget/interact.js"></script>`) });
      await page.goto(`${server.hostOrigin}/spy`);
      await startChat(page, "Hello");
      server.agentSays("old");
      await page.getByRole("log").getByText("old").waitFor();
      await page.reload();
      await page.getByRole("log").getByText("old").waitFor();
      server.agentSays("new");
      await page.getByRole("log").getByText("new").waitFor();
      assert.deepEqual(
        (await seen(page)).filter((event) => !event.startsWith("*")),
        ["ready", "opened", "recovered", "agent: new"],
      );
    });
  });

  test("hears what went wrong", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.pages.set("/spy", { html: hostPage(`${SPY}<script src="${server.origin}/widget/interact.js"></script>`) });
      await page.goto(`${server.hostOrigin}/spy`);
      await page.route("**/assets/chat-*", (route) => route.abort());
      await call(page, "open");
      await until("the chat was not loaded", async () => (await seen(page)).includes("error load_failed"));
      await page.unroute("**/assets/chat-*");
      server.fail("start", { status: 503, code: "offline" });
      await call(page, "start", { ...CARLA, message: "Hello" });
      await page.getByText("Nobody is available at the moment.").waitFor();
      assert.ok((await seen(page)).includes("error offline"));
    });
  });

  test("takes a listener away again", async () => {
    await visit({}, async ({ page }) => {
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      const heard = await page.evaluate(async (options) => {
        if (!window.Nimbus?.isLoaded) throw new Error("not loaded");
        const widget = window.Nimbus.Interact(options);
        const names: string[] = [];
        const first = (): void => void names.push("first");
        widget.on("opened", first);
        widget.on("opened", first);
        widget.on("opened", () => names.push("second"));
        const opened = new Promise((resolve) => widget.on("opened", () => setTimeout(resolve)));
        widget.open();
        await opened;
        widget.off("opened", first);
        widget.close();
        widget.open();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return names;
      }, SERVICE);
      assert.deepEqual(heard, ["first", "second", "second"]);
    });
  });
});

describe("start()", AT_ONCE, () => {
  test("with all values begins at once, also when it was called before the script had loaded", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      const early = `<script>window.Nimbus = { queue: [${JSON.stringify(SERVICE)}, ["start", ${JSON.stringify({ ...CARLA, message: "Early" })}]] };</script>`;
      server.pages.set("/early", {
        html: hostPage(`${early}<script src="${server.origin}/widget/interact.js"></script>`),
      });
      await page.goto(`${server.hostOrigin}/early`);
      await page.getByRole("log").getByText("Early").waitFor();
      assert.deepEqual(server.session.request.customer, { displayName: CARLA.name, email: CARLA.email });
    });
  });

  test("with some fills the form, and leaves what the visitor wrote elsewhere", async () => {
    await visit({}, async ({ page, server }) => {
      await openChat(page);
      await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
      await call(page, "start", { message: "About lamp 7" });
      const message = page.getByRole("textbox", { name: "Message" });
      await until("it is filled", async () => (await message.inputValue()) === "About lamp 7");
      assert.equal(await page.getByRole("textbox", { name: "Name" }).inputValue(), "Carla Customer");
      assert.equal(server.sessions.size, 0);
    });
  });

  test("with what cannot be right shows the form", async () => {
    await visit({}, async ({ page, server }) => {
      await call(page, "start", { name: "Carla", email: "carla@", message: "Hello" });
      await page.getByRole("button", { name: "Start chat" }).waitFor();
      await page.waitForTimeout(200);
      assert.equal(server.sessions.size, 0);
    });
  });

  test("does not begin while the visitor has to agree to something", async () => {
    await visit({ widget: { consent: "I agree." } }, async ({ page, server }) => {
      await call(page, "start", { ...CARLA, message: "Hello" });
      await page.getByRole("button", { name: "Start chat" }).waitFor();
      await page.waitForTimeout(200);
      assert.equal(server.sessions.size, 0);
    });
  });

  test("during a conversation begins no second one; after it, the next", async () => {
    await visit({}, async ({ page, server }) => {
      await startChat(page, "first");
      await call(page, "start", { ...CARLA, message: "second" });
      await page.waitForTimeout(200);
      assert.equal(server.sessions.size, 1);
      await call(page, "end");
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
      await call(page, "start", { ...CARLA, message: "second" });
      await page.getByRole("log").getByText("second").waitFor();
      assert.equal(server.sessions.size, 2);
    });
  });
});

describe("custom parameters", AT_ONCE, () => {
  test("go with the start, and after it to the conversation", async () => {
    const options = { ...SERVICE, parameters: { orderNumber: "A-4711", basket: 129.9 } };
    await visit({ body: "" }, async ({ page, server, complaints }) => {
      server.pages.set("/shop", { html: hostPage(snippet(server.origin, options)) });
      await page.goto(`${server.hostOrigin}/shop`);
      await page.getByRole("button", { name: "Open chat" }).waitFor();
      await call(page, "setParameters", { level: "gold", vip: true });
      await startChat(page);
      await call(page, "setParameters", { orderNumber: "A-4712" });
      await until("they arrived", () => server.session.parameters.length === 1);
      const { parameters } = server.session.request;
      assert.deepEqual(parameters, { orderNumber: "A-4711", basket: "129.9", level: "gold", vip: "true" });
      assert.deepEqual(server.session.parameters, [{ orderNumber: "A-4712" }]);
      assert.deepEqual(complaints, []);
    });
  });

  test("that do not fit are left out, and the console says why", async () => {
    await visit({}, async ({ page, server, complaints }) => {
      await openChat(page);
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      await call(page, "setParameters", { "1st": "x", good: "x", long: "x".repeat(1001), none: null as never });
      await call(page, "setParameters", Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`p${n}`, n])));
      await until("all is said", () => complaints.length === 4);
      assert.deepEqual(complaints, [
        'Interact: the parameter "1st" is left out: a name is a letter and up to 49 letters, digits and underscores',
        'Interact: the parameter "long" is left out: a value has at most 1000 characters',
        'Interact: the parameter "none" is left out: a value is a text, a number or a boolean',
        'Interact: the parameter "p19" is left out: there are at most 20',
      ]);
      await call(page, "start", { ...CARLA, message: "Hello" });
      await page.getByRole("log").getByText("Hello").waitFor();
      assert.equal(Object.keys(server.session.request.parameters ?? {}).length, 20);
    });
  });

  test("that the server refuses are told to the page", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.pages.set("/spy", { html: hostPage(`${SPY}<script src="${server.origin}/widget/interact.js"></script>`) });
      await page.goto(`${server.hostOrigin}/spy`);
      await startChat(page, "Hello");
      server.fail("parameters", { status: 400, code: "invalid" });
      await call(page, "setParameters", { level: "gold" });
      await until("it is told", async () => (await seen(page)).includes("error invalid"));
    });
  });
});
