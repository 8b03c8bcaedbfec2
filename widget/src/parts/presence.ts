/** Whether the contact can be reached, beside the launcher: comes once the page is idle, and only where it is asked for. */
import { systemClock } from "../chat/clock";
import dark from "../presence/dark.css";
import { createSign } from "../presence/sign";
import css from "../presence/sign.css";
import { PRESENCE_TEXTS } from "../presence/texts";
import { Refused, Watcher, type Answer } from "../presence/watcher";
import type { ChatHost } from "../shared/bridge";
import { contactOf, type InteractOptions } from "../shared/options";
import { sheet } from "../shared/sheets";
import { chooseLanguage } from "../texts";
import type { Language } from "../texts/launchers";
// Bundled: a kilobyte is less than another request.
import { connect } from "./signalr";

/** Anything else means that nothing is to be shown. */
const SUBSCRIPTIONS = ["signalr", "poll"];
const MEDIA_OF_DARK = { auto: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };
const TIMEOUT_MS = 15_000;
const CONNECTED_CHECK_MS = 3000;

/** Roots in which a state is shown. */
const watched = new WeakMap<ShadowRoot, { readonly show: ReturnType<typeof createSign>; running: boolean }>();

/** Watches while the launcher is in the page; called again it goes on, or changes nothing. */
export function mount({ options, locale, shadow: root }: Pick<ChatHost, "options" | "locale" | "shadow">): void {
  const subscription = (options.presenceSubscription ?? "").toLowerCase();
  const contact = contactOf(options);
  if (!SUBSCRIPTIONS.includes(subscription)) return;
  const [, language] = chooseLanguage([locale], Object.keys(PRESENCE_TEXTS) as Language[]) ?? ["en", "en"];
  const texts = { ...PRESENCE_TEXTS[language], ...chosen(options.texts) };
  const apiBase = options.apiBase ?? new URL("../../api/widget/v1", import.meta.url).href;
  let place = watched.get(root);
  if (!place) {
    const darkSheet = sheet(dark);
    darkSheet.media.mediaText = MEDIA_OF_DARK[options.theme ?? "auto"];
    root.adoptedStyleSheets.push(sheet(css), darkSheet);
    watched.set(root, (place = { show: createSign(root, texts.chat), running: false }));
  }
  if (place.running) return;
  const { show } = place;
  const watching = place;
  watching.running = true;

  const question = new URLSearchParams({
    widgetKey: options.widgetKey,
    [contact.kind === "service" ? "serviceId" : "contactId"]: contact.id,
  });
  const watcher = new Watcher({
    ask: (wanted) => ask(`${apiBase}/presence?${question}&subscription=${wanted ? "signalR" : "poll"}`),
    connect,
    show: (state) => show(state && { state, text: texts[state] }),
    isVisible: () => document.visibilityState === "visible",
    clock: systemClock,
    push: subscription === "signalr",
  });
  const look = (): void => {
    if (document.visibilityState === "visible") watcher.look();
  };
  document.addEventListener("visibilitychange", look);
  for (const event of ["online", "pageshow"]) addEventListener(event, look);
  // A page may throw the launcher out and put it back, or not.
  const presence = setInterval(() => root.host.isConnected || watcher.stop(), CONNECTED_CHECK_MS);
  void watcher.run().finally(() => {
    clearInterval(presence);
    document.removeEventListener("visibilitychange", look);
    for (const event of ["online", "pageshow"]) removeEventListener(event, look);
    watching.running = false;
  });
}

async function ask(address: string): Promise<Answer> {
  const response = await fetch(address, {
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // Anything that will not be different in a minute.
  if ([400, 401, 403, 404].includes(response.status)) throw new Refused(`presence: ${response.status}`);
  if (!response.ok) throw new Error(`presence: ${response.status}`);
  return (await response.json()) as Answer;
}

/** The page's own words: `presenceAvailable`, `presenceBusy`, `presenceOffline`. */
function chosen(texts: InteractOptions["texts"]): Partial<Record<"available" | "busy" | "offline", string>> {
  const given = {
    available: texts?.["presenceAvailable"],
    busy: texts?.["presenceBusy"],
    offline: texts?.["presenceOffline"],
  };
  return Object.fromEntries(Object.entries(given).filter(([, text]) => text !== undefined));
}
