import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AT_ONCE, hostPage, openChat, say, SERVICE, snippet, startChat, until, visit } from "./harness";

const OPEN = { name: "Open chat" };

describe("a hostile surrounding", AT_ONCE, () => {
  test("a strict content security policy is kept, trusted types included", async () => {
    const csp = [
      "default-src 'none'",
      "script-src 'self' $DEPLOYMENT",
      "connect-src $DEPLOYMENT ws:",
      "style-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; ");
    await visit({ csp, body: "" }, async ({ page, server, complaints }) => {
      server.pages.set("/calls.js", {
        html: `window.Nimbus={queue:[${JSON.stringify(SERVICE)}]};window.violations=[];document.addEventListener("securitypolicyviolation",(event)=>window.violations.push(event.violatedDirective+" "+event.blockedURI+" "+event.sourceFile));`,
        headers: { "content-type": "text/javascript" },
      });
      const html = hostPage(
        `<div id="nimbus-interact"></div><script src="/calls.js"></script><script src="${server.origin}/widget/interact.js" async></script>`,
      );
      server.pages.set("/strict", {
        html,
        headers: { "content-security-policy": csp.replaceAll("$DEPLOYMENT", server.origin) },
      });
      complaints.length = 0;
      await page.goto(`${server.hostOrigin}/strict`);
      await startChat(page);
      await until("realtime is there", () => server.hub.connected === 1);
      server.agentSays("Hello https://track.example/42");
      await page.getByRole("log").getByRole("link").waitFor();
      await say(page, "line\n".repeat(5));
      await page.getByRole("button", { name: "End chat" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "End chat" }).click();
      await page.getByRole("button", { name: "Start a new chat" }).waitFor();
      assert.deepEqual(await page.evaluate(() => (window as unknown as { violations: string[] }).violations), []);
      assert.deepEqual(
        complaints.filter((text) => !text.includes("403")),
        [],
      );
    });
  });

  test("a chat that cannot be loaded says so beside the launcher, covers nothing, and can be tried again", async () => {
    await visit({}, async ({ page }) => {
      await page.route("**/assets/chat-*", (route) => route.abort());
      await openChat(page);
      const notice = page.getByRole("alert");
      await notice.getByText("The chat could not be loaded. Try again").waitFor();
      const box = await notice.boundingBox();
      assert.ok(box && box.width <= 300 && box.height <= 160, "the notice is too large");
      await page.getByText("Some text of the page.").click();
      await until("a click anywhere takes it away", async () => (await notice.count()) === 0);
      await openChat(page);
      await notice.getByText("The chat could not be loaded. Try again").waitFor();
      await page.unroute("**/assets/chat-*");
      await openChat(page);
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      assert.equal(await notice.count(), 0);
    });
  });

  test("storage that throws costs the recovery and nothing else", async () => {
    await visit({}, async ({ page, server, complaints }) => {
      await page.addInitScript(() => {
        Object.defineProperty(window, "localStorage", {
          get: () => {
            throw new DOMException("denied", "SecurityError");
          },
        });
      });
      await page.reload();
      await startChat(page, "Hello");
      await say(page, "still here");
      await until("the server has it", () => server.visitorTexts().length === 2);
      assert.deepEqual(complaints, []);
    });
  });

  test("the page's styles and shortcuts stay outside", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      const rude = `<style>* { font-size: 40px !important; color: red !important; } button { display: none !important; } div { transform: rotate(3deg); }</style>
        <script>window.heard = ""; addEventListener("keydown", (event) => (window.heard += event.key));</script>`;
      server.pages.set("/rude", { html: hostPage(rude + snippet(server.origin)) });
      await page.goto(`${server.hostOrigin}/rude`);
      await openChat(page);
      const name = page.getByRole("textbox", { name: "Name" });
      await name.pressSequentially("jk");
      assert.equal(await page.evaluate(() => (window as unknown as { heard: string }).heard), "");
      assert.equal(await name.evaluate((field) => getComputedStyle(field).color), "rgb(27, 29, 40)");
    });
  });

  test("the page's tokens are heeded", async () => {
    await visit({ body: "" }, async ({ page, server }) => {
      server.pages.set("/branded", {
        html: hostPage(`<style>:root { --i-accent: #0a7a55; --i-edge: 40px; }</style>${snippet(server.origin)}`),
      });
      await page.goto(`${server.hostOrigin}/branded`);
      const launcher = page.getByRole("button", OPEN);
      assert.equal(await launcher.evaluate((button) => getComputedStyle(button).backgroundColor), "rgb(10, 122, 85)");
      const box = await launcher.boundingBox();
      assert.equal(box && Math.round(1280 - box.x - box.width), 40);
    });
  });

  test("a second copy of the loader changes nothing", async () => {
    await visit({}, async ({ page, server }) => {
      await openChat(page);
      await page.addScriptTag({ url: `${server.origin}/widget/interact.js` });
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      assert.equal(await page.locator("interact-widget").count(), 1);
    });
  });
});
