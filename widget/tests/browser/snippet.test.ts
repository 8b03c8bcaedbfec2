import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SERVICE_ID, USER_ID, WIDGET_KEY } from "../fake-server";
import { AT_ONCE, hostPage, openChat, say, SERVICE, snippet, startChat, until, visit } from "./harness";

const OPEN = { name: "Open chat" };

/** The guide's snippet for a service, as printed but for the bracket that it lacks. */
const GUIDE = `<div id='nimbus-interact'></div>
<script>
let interval = setInterval(() => {
  if (window.Nimbus && window.Nimbus.isLoaded) {
    window.Nimbus.Interact({
      widgetKey: '${WIDGET_KEY}',
      serviceId: '${SERVICE_ID}',
      presenceSubscription: "signalR",
    });
  }
});
</script>`;

describe("a snippet", AT_ONCE, () => {
  test("shows the launcher in its element, and loads nothing but the loader before the click", async () => {
    await visit({}, async ({ page, server, complaints }) => {
      await page.locator("#nimbus-interact").getByRole("button", OPEN).waitFor();
      await page.waitForLoadState("networkidle");
      const paths = server.requests.map(({ path }) => path).filter((path) => path !== "/favicon.ico");
      assert.deepEqual(paths, ["/host", "/widget/interact.js"]);
      assert.deepEqual(complaints, []);
    });
  });

  test("talks to the deployment and to nobody else", async () => {
    await visit({}, async ({ page, server }) => {
      const hosts = new Set<string>();
      page.on("request", (request) => hosts.add(new URL(request.url()).origin));
      page.on("websocket", (socket) => hosts.add(new URL(socket.url()).origin));
      await startChat(page);
      await until("realtime is there", () => server.hub.connected === 1);
      await say(page, "Hello");
      await until("the server has it", () => server.visitorTexts().length === 2);
      assert.deepEqual([...hosts].sort(), [server.origin, server.origin.replace("http", "ws")]);
    });
  });

  test("of the guide works: an interval that never ends, without a delay", async () => {
    await visit({ body: "" }, async ({ page, server, complaints }) => {
      server.pages.set("/guide", {
        html: hostPage(`${GUIDE}<script src="${server.origin}/widget/interact.js" async></script>`),
      });
      await page.goto(`${server.hostOrigin}/guide`);
      await startChat(page);
      await page.waitForTimeout(300);
      assert.equal(await page.locator("interact-widget").count(), 1);
      assert.equal(server.sessions.size, 1);
      assert.equal(await page.evaluate(() => window.Nimbus?.isLoaded), true);
      assert.deepEqual(complaints, []);
    });
  });

  test("without an element gets one at the end of the body", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.pages.set("/bare", { html: hostPage(snippet(server.origin).replace(/<div.*?<\/div>/, "")) });
      await page.goto(`${server.hostOrigin}/bare`);
      await page.getByRole("button", OPEN).waitFor();
      assert.equal(await page.evaluate(() => document.body.lastElementChild?.id), "nimbus-interact");
    });
  });

  test("that names no contact says so to the integrator, once, and breaks nothing", async () => {
    await visit({ body: "" }, async ({ page, server, complaints }) => {
      const wrong = GUIDE.replace("serviceId", "service");
      server.pages.set("/wrong", {
        html: hostPage(`${wrong}<script src="${server.origin}/widget/interact.js"></script>`),
      });
      await page.goto(`${server.hostOrigin}/wrong`);
      await until("it is said", () => complaints.length > 0);
      await page.waitForTimeout(100);
      assert.deepEqual(complaints, ["Interact: widgetKey and either serviceId or contactId are needed"]);
      assert.equal(await page.locator("interact-widget").count(), 0);
    });
  });

  test("may hand over functions and call later; the same contact is the same widget", async () => {
    await visit({}, async ({ page }) => {
      await page.getByRole("button", OPEN).waitFor();
      const answers = await page.evaluate((options) => {
        const nimbus = window.Nimbus;
        if (!nimbus?.isLoaded) throw new Error("not loaded");
        let fromQueue: unknown;
        nimbus.queue.push(options, (given) => (fromQueue = given.Interact(options)));
        const widget = nimbus.Interact(options);
        const same = fromQueue === widget;
        widget.open();
        return { same, methods: ["open", "close", "destroy"].every((name) => name in widget) };
      }, SERVICE);
      assert.deepEqual(answers, { same: true, methods: true });
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      assert.equal(await page.locator("interact-widget").count(), 1);
    });
  });

  test("can be taken away and put back", async () => {
    await visit({}, async ({ page }) => {
      await openChat(page);
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      const call = (name: "destroy" | "open") =>
        page.evaluate(
          ([options, method]) => {
            if (window.Nimbus?.isLoaded) window.Nimbus.Interact(options)[method]();
          },
          [SERVICE, name] as const,
        );
      await call("destroy");
      assert.equal(await page.locator("interact-widget").count(), 0);
      await call("open");
      await page.getByRole("textbox", { name: "Name" }).waitFor();
    });
  });

  test("comes back where the page threw its element away", async () => {
    await visit({}, async ({ page }) => {
      await startChat(page, "Hello");
      await page.evaluate((options) => {
        document.querySelector("#nimbus-interact")?.remove();
        if (window.Nimbus?.isLoaded) window.Nimbus.Interact(options);
      }, SERVICE);
      await page.getByRole("log").getByText("Hello", { exact: true }).waitFor();
    });
  });
});

describe("two contacts on one page", AT_ONCE, () => {
  test("have widgets, sessions and conversations of their own", async () => {
    await visit({ body: "", context: { viewport: { width: 1280, height: 800 } } }, async ({ page, server }) => {
      const user = snippet(server.origin, { widgetKey: WIDGET_KEY, contactId: USER_ID });
      server.pages.set("/two", { html: hostPage(snippet(server.origin) + user) });
      await page.goto(`${server.hostOrigin}/two`);
      const widgets = page.locator("interact-widget");
      await until("both are there", async () => (await widgets.count()) === 2);
      for (const [index, text] of ["to the service", "to the user"].entries()) {
        const widget = widgets.nth(index);
        await widget.getByRole("button", OPEN).click();
        await widget.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
        await widget.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
        await widget.getByRole("textbox", { name: "Message" }).fill(text);
        await widget.getByRole("button", { name: "Start chat" }).click();
        await widget.getByRole("log").getByText(text).waitFor();
      }
      const [first, second] = [...server.sessions.values()];
      server.agentSays("from the service", first);
      server.agentSays("from the user", second);
      await widgets.nth(0).getByRole("log").getByText("from the service").waitFor();
      await widgets.nth(1).getByRole("log").getByText("from the user").waitFor();
      assert.deepEqual(await widgets.nth(0).locator(".bubble").allInnerTexts(), ["to the service", "from the service"]);
      const [one, other] = [
        await widgets.nth(0).getByRole("dialog").boundingBox(),
        await widgets.nth(1).getByRole("dialog").boundingBox(),
      ];
      assert.ok(one && other && other.x + other.width <= one.x, "the panels overlap");
    });
  });

  test("give way to each other where there is room for one", async () => {
    await visit({ body: "", context: { viewport: { width: 700, height: 800 } } }, async ({ page, server }) => {
      server.pages.set("/two", {
        html: hostPage(snippet(server.origin) + snippet(server.origin, { widgetKey: WIDGET_KEY, contactId: USER_ID })),
      });
      await page.goto(`${server.hostOrigin}/two`);
      const widgets = page.locator("interact-widget");
      await widgets.nth(0).getByRole("button", OPEN).click();
      await widgets.nth(0).getByRole("dialog").waitFor();
      await page.evaluate((options) => window.Nimbus?.isLoaded && window.Nimbus.Interact(options).open(), {
        widgetKey: WIDGET_KEY,
        contactId: USER_ID,
      });
      await widgets.nth(1).getByRole("dialog").waitFor();
      assert.equal(await widgets.nth(0).getByRole("dialog").count(), 0);
    });
  });
});
