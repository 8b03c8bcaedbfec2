import path from "node:path";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { chromiumPath } from "../chromium";
import { SERVICE_ID, startFakeServer, WIDGET_KEY, type FakeServer } from "../fake-server";

export const DIST = path.resolve("dist");
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--process-per-site",
];
export const SERVICE = { widgetKey: WIDGET_KEY, serviceId: SERVICE_ID };

/** Far more than anything takes, so that a busy machine fails no test. */
const PATIENCE_MS = 20_000;

/** Tests of a suite wait more than they work, and share nothing but the browser. */
export const AT_ONCE = { concurrency: 4 };

let browser: Promise<Browser> | undefined;
let shared: Promise<BrowserContext> | undefined;

/** One Chromium for all tests. */
function openBrowser(): Promise<Browser> {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS });
  return browser;
}

/** A context of its own for tests that change it; else one for all, where each server's port keeps the storage apart. */
async function openContext(options: BrowserContextOptions | undefined): Promise<BrowserContext> {
  const defaults: BrowserContextOptions = { locale: "en-GB", reducedMotion: "reduce" };
  if (options) return (await openBrowser()).newContext({ ...defaults, ...options });
  shared ??= openBrowser().then((opened) => opened.newContext(defaults));
  return shared;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
}

export interface Visit {
  readonly server: FakeServer;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Another tab on the host page. */
  readonly newTab: () => Promise<Page>;
  /** Errors of the page's console and uncaught exceptions. */
  readonly complaints: string[];
}

interface VisitOptions {
  readonly realtime?: boolean;
  readonly recoverSeconds?: number;
  readonly widget?: Readonly<Record<string, unknown>>;
  /** The tenant's language. */
  readonly language?: string;
  readonly checkAfter?: number;
  readonly body?: string;
  readonly csp?: string;
  /** Asks for a context of its own. */
  readonly context?: BrowserContextOptions;
}

/** Ports of earlier servers, whose pages have left their sessions in the browser's storage. */
const used = new Set<number>();

/** A server on a port that no test has had; the system gives those of closed servers again. */
async function startServer(options: Parameters<typeof startFakeServer>[0]): Promise<FakeServer> {
  const server = await startFakeServer(options);
  if (!used.has(server.port)) {
    used.add(server.port);
    return server;
  }
  const other = await startServer(options);
  await server.close();
  return other;
}

/** A server, a browser context and a page at /host of another origin than the widget's; closed after `use`. */
export async function visit(options: VisitOptions, use: (visit: Visit) => Promise<void>): Promise<void> {
  const { realtime = true, recoverSeconds = 600, checkAfter = 10 } = options;
  const { widget = {}, language = "en" } = options;
  const server = await startServer({ dist: DIST, realtime, recoverSeconds, checkAfter, widget, language });
  const context = await openContext(options.context);
  const complaints: string[] = [];
  const pages: Page[] = [];
  const newTab = async (): Promise<Page> => {
    const page = await context.newPage();
    pages.push(page);
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${server.hostOrigin}/host`);
    return page;
  };
  try {
    const html = hostPage(options.body ?? snippet(server.origin));
    server.pages.set("/host", {
      html,
      ...(options.csp
        ? { headers: { "content-security-policy": options.csp.replaceAll("$DEPLOYMENT", server.origin) } }
        : {}),
    });
    await use({ server, context, page: await newTab(), newTab, complaints });
  } finally {
    if (options.context) await context.close();
    else await Promise.all(pages.map((page) => page.close()));
    await server.close();
  }
}

export function hostPage(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Host page</title></head><body><main><h1>Host page</h1><p>Some text of the page.</p></main>${body}</body></html>`;
}

/** The snippet as the administrator copies it. */
export function snippet(origin: string, options: object = SERVICE): string {
  return `<div id="nimbus-interact"></div>
<script>
window.Nimbus = window.Nimbus || { queue: [] };
window.Nimbus.queue.push(${JSON.stringify(options)});
</script>
<script src="${origin}/widget/interact.js" async></script>`;
}

export async function openChat(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Open chat" }).click();
}

export async function startChat(page: Page, message = "My order #42 has not arrived yet."): Promise<void> {
  await openChat(page);
  await page.getByRole("textbox", { name: "Name" }).fill("Carla Customer");
  await page.getByRole("textbox", { name: "Email" }).fill("carla@customer.example");
  await page.getByRole("textbox", { name: "Message" }).fill(message);
  await page.getByRole("button", { name: "Start chat" }).click();
  await page.getByRole("textbox", { name: "Type a message" }).waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Type a message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Polls until `holds`; fails with `what` after a while. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
