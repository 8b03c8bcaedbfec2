/**
 * Takes the widget's pictures of README.md into docs/images: `npm run pictures`. The fake server stands for the other side,
 * so that they look the same wherever they are taken.
 */
import path from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { chromiumPath } from "./chromium";
import { SERVICE_ID, startFakeServer, WIDGET_KEY, type FakeServer } from "./fake-server";

const IMAGES = path.resolve("../docs/images");
const OPTIONS = { widgetKey: WIDGET_KEY, serviceId: SERVICE_ID, presenceSubscription: "signalR" };

interface Words {
  readonly open: string;
  readonly fields: readonly [name: string, email: string, message: string, start: string];
  readonly customer: string;
  readonly order: string;
  readonly greeting: string;
  readonly joined: string;
  readonly answers: readonly string[];
  readonly thanks: string;
  readonly write: string;
  readonly send: string;
}

const ENGLISH: Words = {
  open: "Open chat",
  fields: ["Name", "Email", "Message", "Start chat"],
  customer: "Carla Customer",
  order: "My order #42 has not arrived yet.",
  greeting: "Thank you, Carla. A colleague will be with you shortly.",
  joined: "Mario joined the conversation",
  answers: ["Hi Carla, let me look that up.", "It left our warehouse yesterday: https://track.example/42"],
  thanks: "Great, thank you!",
  write: "Type a message",
  send: "Send",
};

const ARABIC: Words = {
  open: "فتح المحادثة",
  fields: ["الاسم", "البريد الإلكتروني", "الرسالة", "بدء المحادثة"],
  customer: "Carla Customer",
  order: "لم يصل طلبي رقم 42 بعد.",
  greeting: "شكرًا لك، Carla. سيكون أحد زملائنا معك بعد لحظات.",
  joined: "انضم Mario إلى المحادثة",
  answers: ["مرحبًا، سأتحقق من ذلك.", "غادر مستودعنا أمس: https://track.example/42"],
  thanks: "رائع، شكرًا جزيلًا!",
  write: "اكتب رسالة",
  send: "إرسال",
};

const PAGE = `<style>
  :root { color-scheme: light dark; }
  body { margin: 0; background: light-dark(#e9ecf2, #0d0e13); }
</style>`;

interface Picture {
  readonly name: string;
  readonly words: Words;
  readonly language: string;
  readonly context: BrowserContextOptions;
  /** How far the picture goes. */
  readonly until: "form" | "answered";
}

/** Wide enough for the panel to float above its button. */
const DESKTOP = { width: 484, height: 744 };
const PHONE = { width: 360, height: 744 };

const PICTURES: readonly Picture[] = [
  { name: "light", words: ENGLISH, language: "en", context: { viewport: DESKTOP }, until: "answered" },
  {
    name: "dark",
    words: ENGLISH,
    language: "en",
    context: { viewport: DESKTOP, colorScheme: "dark" },
    until: "answered",
  },
  { name: "right-to-left", words: ARABIC, language: "ar", context: { viewport: DESKTOP }, until: "answered" },
  {
    name: "phone",
    words: ENGLISH,
    language: "en",
    context: { viewport: PHONE, hasTouch: true, isMobile: true },
    until: "form",
  },
];

async function take(browser: Browser, server: FakeServer, picture: Picture): Promise<void> {
  const { words, language, context: options } = picture;
  const context = await browser.newContext({
    reducedMotion: "reduce",
    locale: language === "en" ? "en-GB" : language,
    timezoneId: "Europe/Zurich",
    ...options,
  });
  const page = await context.newPage();
  server.pages.set("/picture", {
    html: `<!doctype html><html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Lunifico</title>${PAGE}<body>
<script>window.Nimbus = { queue: [${JSON.stringify(OPTIONS)}] };</script>
<script src="${server.origin}/widget/interact.js"></script>`,
  });
  await page.goto(`${server.hostOrigin}/picture`);
  await converse(page, server, words, picture.until);
  await page.screenshot({ path: path.join(IMAGES, `${picture.name}.png`) });
  await context.close();
}

async function converse(page: Page, server: FakeServer, words: Words, until: Picture["until"]): Promise<void> {
  const [name, email, message, start] = words.fields;
  await page.getByRole("button", { name: words.open }).click();
  await page.getByRole("textbox", { name }).fill(words.customer);
  await page.getByRole("textbox", { name: email }).fill("carla@customer.example");
  await page.getByRole("textbox", { name: message }).fill(words.order);
  if (until === "form") {
    await page.locator(".state [data-presence]").waitFor();
    return;
  }
  await page.getByRole("button", { name: start }).click();
  await page.getByRole("textbox", { name: words.write }).waitFor();
  server.systemSays(words.greeting, "waiting");
  await page.getByRole("log").getByText(words.greeting).waitFor();
  server.session.state = "connected";
  server.session.agent = "Mario";
  server.systemSays(words.joined, "connected");
  for (const answer of words.answers) server.agentSays(answer);
  await page.getByRole("log").getByText("track.example").waitFor();
  await page.getByRole("textbox", { name: words.write }).fill(words.thanks);
  await page.getByRole("button", { name: words.send }).click();
  await page.getByRole("log").getByText(words.thanks).waitFor();
  // Sent, and read back from the thread.
  await page.waitForTimeout(1500);
}

const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox", "--disable-gpu"] });
const server = await startFakeServer({ dist: path.resolve("dist"), realtime: true });
try {
  for (const picture of PICTURES) await take(browser, server, picture);
} finally {
  await browser.close();
  await server.close();
}
