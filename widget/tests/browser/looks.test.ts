import assert from "node:assert/strict";
import { describe, test } from "node:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { AT_ONCE, hostPage, SERVICE, snippet, until, visit, type Visit } from "./harness";

const OPEN = { name: "Open chat" };

/** Opens a host page with these options and, before them, `head`. */
async function opened({ page, server }: Visit, options: object, head = ""): Promise<void> {
  server.pages.set("/looks", { html: hostPage(head + snippet(server.origin, { ...SERVICE, ...options })) });
  await page.goto(`${server.hostOrigin}/looks`);
  await page.locator(".launcher").click();
  await page.locator("input[name=email]").waitFor();
}

/** Contrast of an element's text with its background, as WCAG 2 measures it. */
async function contrast(page: Page, selector: string): Promise<number> {
  return page.locator(selector).evaluate((element) => {
    const canvas = document.createElement("canvas").getContext("2d", { colorSpace: "srgb" });
    if (!canvas) throw new Error("no canvas");
    const luminance = (color: string): number => {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
        const part = byte / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const { color, backgroundColor } = getComputedStyle(element);
    const [darker = 0, lighter = 0] = [luminance(color), luminance(backgroundColor)].sort((one, other) => one - other);
    return (lighter + 0.05) / (darker + 0.05);
  });
}

const background = (page: Page): Promise<string> =>
  page.locator(".panel").evaluate((panel) => getComputedStyle(panel).backgroundColor);

describe("colours", AT_ONCE, () => {
  test("follow the visitor's system, or the theme that the page has chosen", async () => {
    await visit({ context: { colorScheme: "dark" } }, async (visited) => {
      const { page } = visited;
      await opened(visited, {});
      assert.equal(await background(page), "rgb(22, 23, 31)");
      await page.emulateMedia({ colorScheme: "light" });
      assert.equal(await background(page), "rgb(255, 255, 255)");
      await opened(visited, { theme: "dark" });
      assert.equal(await background(page), "rgb(22, 23, 31)");
      const accent = await page.locator(".launcher").evaluate((launcher) => getComputedStyle(launcher).backgroundColor);
      assert.equal(accent, "rgb(140, 152, 255)");
      await page.emulateMedia({ colorScheme: "dark" });
      await opened(visited, { theme: "light" });
      assert.equal(await background(page), "rgb(255, 255, 255)");
    });
  });

  test("any accent has text on it that can be read", async () => {
    await visit({ body: "" }, async (visited) => {
      const { page } = visited;
      await opened(visited, {});
      // Around the luminance where black and white read equally well, and far from it.
      for (const accent of ["#ffd400", "#777", "#767676", "#e8463c", "#d6006e", "#0078ff", "#00a03c", "#000", "#fff"]) {
        await page.evaluate((color) => {
          document.documentElement.style.setProperty("--i-accent", color);
        }, accent);
        for (const selector of [".launcher", ".primary", ".avatar"]) {
          const measured = await contrast(page, selector);
          assert.ok(measured >= 4.5, `${accent} on ${selector}: ${measured.toFixed(2)}`);
        }
      }
    });
  });
});

describe("the corner", AT_ONCE, () => {
  const places = [
    [{}, "right", 20],
    [{ position: "bottom-start" }, "left", 20],
    [{ position: "bottom-left", offset: { inline: 32, block: 8 } }, "left", 32],
    [{ locale: "ar" }, "left", 20],
    [{ locale: "ar", position: "bottom-start" }, "right", 20],
    [{ locale: "ar", position: "bottom-left" }, "left", 20],
    [{ locale: "ar", position: "bottom-right" }, "right", 20],
  ] as const;
  test("is where the page wants it, and follows the direction of the language where it names none", async () => {
    await visit({ body: "" }, async (visited) => {
      const { page } = visited;
      for (const [options, side, distance] of places) {
        await opened(visited, options);
        for (const selector of [".launcher", ".panel"]) {
          const box = await page.locator(selector).boundingBox();
          assert.ok(box);
          const measured = side === "left" ? box.x : 1280 - box.x - box.width;
          // Under the mouse the launcher is a little larger.
          assert.ok(Math.abs(measured - distance) < 2, `${selector} ${JSON.stringify(options)}: ${measured}`);
        }
      }
    });
  });
});

describe("languages", AT_ONCE, () => {
  const choices = [
    ["de-CH", "en", "de-CH", "Chat starten", 0],
    ["fr-CA", "en", "fr-CA", "Démarrer le chat", 0],
    ["de_AT", "en", "de-AT", "Chat starten", 0],
    ["xx-YY", "fr", "fr", "Démarrer le chat", 1],
    ["not a locale", "ja", "en-GB", "Start chat", 1],
  ] as const;
  test("a locale is the regional one, its base, the tenant's, English, and the console says so once", async () => {
    for (const [locale, language, used, start, warnings] of choices) {
      await visit({ body: "", language }, async (visited) => {
        const warned: string[] = [];
        visited.page.on("console", (message) => message.type() === "warning" && warned.push(message.text()));
        await opened(visited, { locale });
        await visited.page.getByRole("button", { name: start, exact: true }).waitFor();
        assert.equal(await visited.page.locator("interact-widget div").first().getAttribute("lang"), used, locale);
        const ours = warned.filter((text) => text.startsWith("Interact:"));
        assert.equal(ours.length, warnings, locale);
        if (warnings > 0)
          assert.equal(
            ours[0],
            `Interact: there are no texts for the locale "${locale}"; "${used.slice(0, 2)}" is used`,
          );
      });
    }
  });

  test("the tenant's language turns the whole widget round where nobody has chosen another", async () => {
    await visit({ body: "", language: "ar" }, async (visited) => {
      const { page } = visited;
      await opened(visited, { locale: "xx" });
      await page.getByRole("button", { name: "بدء المحادثة" }).waitFor();
      await page.getByRole("button", { name: "إغلاق المحادثة" }).waitFor();
      assert.equal(await page.locator("interact-widget").getAttribute("dir"), "rtl");
    });
  });
});

/** What axe objects to, as "rule: target". */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  });
}

async function converse({ page, server }: Visit): Promise<void> {
  await page.locator("input[name=name]").fill("Carla Customer");
  await page.locator("input[name=email]").fill("carla@customer.example");
  await page.locator("textarea[name=message]").fill("Hello");
  await page.locator("button[type=submit]").click();
  await page.locator(".write").waitFor();
  server.agentJoins("Mario");
  server.agentSays("Look at https://track.example/42");
  await page.getByRole("log").getByText("track.example").waitFor();
}

describe("axe objects to nothing", AT_ONCE, () => {
  for (const [what, options, context] of [
    ["from right to left", { locale: "ar" }, {}],
    ["in forced colours", {}, { forcedColors: "active" }],
    ["in a brand's yellow", {}, {}],
  ] as const) {
    test(what, async () => {
      await visit({ context: { viewport: { width: 900, height: 800 }, ...context } }, async (visited) => {
        const { page } = visited;
        const brand = what.includes("yellow") ? "<style>:root { --i-accent: #ffd400; }</style>" : "";
        await opened(visited, options, brand);
        assert.deepEqual(await objections(page), [], "form");
        await converse(visited);
        assert.deepEqual(await objections(page), [], "conversation");
      });
    });
  }
});

describe("on 320 pixels", AT_ONCE, () => {
  for (const locale of ["en", "de", "fr", "ar"]) {
    test(`nothing is cut off in ${locale}, neither in the form nor in the conversation`, async () => {
      await visit({ context: { viewport: { width: 320, height: 480 } } }, async (visited) => {
        const { page } = visited;
        await opened(visited, { locale });
        const cut = (): Promise<string[]> =>
          page.locator("interact-widget").evaluate((host) =>
            [...(host.shadowRoot?.querySelectorAll<HTMLElement>(".panel *") ?? [])]
              .filter((element) => element.clientWidth > 0 && !element.closest(".visually-hidden, svg"))
              .filter((element) => element.scrollWidth > element.clientWidth + 1)
              .map((element) => `${element.className}: ${element.textContent}`),
          );
        assert.deepEqual(await cut(), []);
        await converse(visited);
        await until("all is drawn", async () => (await page.locator(".bubble").count()) === 2);
        assert.deepEqual(await cut(), []);
      });
    });
  }
});

describe("names", AT_ONCE, () => {
  test("of another script do not disturb the sentence around them", async () => {
    await visit({ body: "" }, async (visited) => {
      const { page, server } = visited;
      await opened(visited, {});
      await page.getByRole("button", OPEN).waitFor({ state: "hidden" });
      await converse(visited);
      server.agentJoins("مريم");
      const line = page.locator(".state");
      await until("it is drawn", async () => (await line.innerText()).includes("مريم"));
      const leftmost = await line.evaluate((element) => {
        const range = document.createRange();
        const text = element.firstChild as Text;
        const at = text.data.indexOf("مريم");
        range.setStart(text, at);
        range.setEnd(text, at + 4);
        return range.getBoundingClientRect().left - element.getBoundingClientRect().left;
      });
      assert.ok(leftmost < 2, `the name stands ${leftmost} px from the beginning`);
    });
  });
});
