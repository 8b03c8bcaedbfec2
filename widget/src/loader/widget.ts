import type { CustomParameters, EventName, InteractOptions, Widget } from "../npm";
import type { ChatHandle, ChatModule } from "../shared/bridge";
import { emit } from "../shared/events";
import { sheet } from "../shared/sheets";
import { chooseLanguage, RIGHT_TO_LEFT, type ChatTexts } from "../texts";
import { LAUNCHERS, type Language } from "../texts/launchers";
import css from "./launcher.css";

/** Some pages are never idle: after so long what waits for it comes all the same. */
const IDLE_MS = 3000;

/** Loads modules; a `retry` above zero asks past a failure that the browser remembers. */
export type Load = (retry: number, ...files: string[]) => Promise<unknown[]>;

type LoadedChat = Promise<[ChatModule, { readonly chat: ChatTexts }]>;
type LoadedPresence = Promise<[typeof import("../parts/presence")]>;

/** A widget as the loader sees it. */
export interface PlacedWidget extends Widget {
  readonly slot: number;
  /** Puts the widget into the page, also again after the page has thrown it out with an element around it. */
  readonly mount: () => void;
}

/** What the widgets of a page have in common. */
export interface Surroundings {
  readonly load: Load;
  /** Panels that have no room side by side give way to the one just opened. */
  readonly makeRoom: (opened: Widget) => void;
  readonly forget: (key: string) => void;
}

/** One contact's launcher on the page and, once it is wanted, its chat. */
export function createWidget(
  options: InteractOptions,
  key: string,
  slot: number,
  { load, makeRoom, forget }: Surroundings,
): PlacedWidget {
  const { locale: asked, position, offset = {}, theme } = options;
  const chosen = chooseLanguage(
    asked ? [asked] : [document.documentElement.lang, ...navigator.languages],
    Object.keys(LAUNCHERS) as Language[],
  );
  const [tag, language] = chosen ?? ["en", "en"];
  // A page that brings its own texts may use a language that has no catalogue.
  const locale = (options.texts && asked) || tag;
  const texts = { ...LAUNCHERS[language], ...options.texts };
  const rightToLeft = RIGHT_TO_LEFT.test(texts.openChat);
  const parameters: CustomParameters[] = [options.parameters ?? {}];
  const heard = new WeakMap<object, EventListener>();
  let chat: Promise<ChatHandle> | undefined;
  let attempts = 0;
  let announced = false;
  let destroyed = false;

  const host = document.createElement("interact-widget");
  host.dir = rightToLeft ? "rtl" : "ltr";
  host.toggleAttribute("start", RegExp(`-start|-${rightToLeft ? "right" : "left"}`).test(position as string));
  host.style.setProperty("--slot", `${slot}`);
  for (const [axis, pixels] of Object.entries(offset)) host.style.setProperty(`--i-edge-${axis}`, `${pixels}px`);
  if (theme) host.setAttribute(theme, "");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet(css)];
  // The chat is drawn before the button, so that tabbing leads from one to the other.
  const container = shadow.appendChild(document.createElement("div"));
  const button = shadow.appendChild(document.createElement("button"));
  button.className = "launcher";
  button.ariaExpanded = "false";
  button.ariaLabel = texts.openChat;

  const loaded = (): Promise<ChatHandle> => {
    chat ??= (load(attempts++, CHAT, `assets/texts-${language}-${TEXTS}.js`) as LoadedChat).then(
      ([{ mount }, { chat: catalogue }]) =>
        mount({
          options,
          key,
          locale,
          guessed: !chosen && locale === tag,
          texts: catalogue,
          parameters,
          host,
          shadow,
          container,
          button,
          makeRoom: () => makeRoom(widget),
        }),
    );
    chat.catch(() => (chat = undefined));
    return chat;
  };

  /** Does `act` in the chat, for which the visitor or the page waits. */
  const want = (act: (handle: ChatHandle) => void): void => {
    if (destroyed) return;
    button.ariaBusy = "true";
    loaded()
      .then(act, () => {
        // Beside the launcher, until the next click anywhere; one on the launcher tries again.
        container.role = "alert";
        container.textContent = texts.loadFailed;
        addEventListener("click", quieten, { once: true });
        emit(host, "error", { code: "load_failed" });
      })
      .finally(() => (button.ariaBusy = "false"));
  };

  const quieten = (): void => {
    // Where it has no role any more, the chat has it.
    if (container.role) container.role = container.textContent = null;
  };

  const listenerOf = (listener: (detail: never) => void): EventListener => {
    const known = heard.get(listener) ?? ((({ detail }: CustomEvent<never>) => listener(detail)) as EventListener);
    heard.set(listener, known);
    return known;
  };

  const widget: PlacedWidget = {
    slot,
    open: () => want((handle) => handle.open()),
    close: () => void chat?.then((handle) => handle.close()),
    start: (values) => want((handle) => handle.start(values)),
    end: () => {
      if (chat ?? isRecoverable(key)) void loaded().then((handle) => handle.end());
    },
    setParameters: (added) => {
      parameters.push(added);
      void chat?.then((handle) => handle.setParameters());
    },
    on: (name: EventName, listener: (detail: never) => void) =>
      host.addEventListener(`interact:${name}`, listenerOf(listener)),
    off: (name: EventName, listener: (detail: never) => void) =>
      host.removeEventListener(`interact:${name}`, listenerOf(listener)),
    destroy: () => {
      destroyed = true;
      forget(key);
      void chat?.then((handle) => handle.destroy());
      host.remove();
    },
    mount: () => {
      if (host.isConnected || destroyed) return;
      const place = options.element ?? freePlace();
      if (!place && document.readyState === "loading") {
        addEventListener("DOMContentLoaded", widget.mount);
        return;
      }
      (place ?? newPlace()).append(host);
      if (isRecoverable(key)) whenIdle(() => void loaded().catch(() => undefined));
      // "signalR" or "poll".
      if (/^[sp]/i.test(options.presenceSubscription as string))
        whenIdle(
          () =>
            void (load(0, PARTS.presence) as LoadedPresence)
              .then(([{ mount }]) => mount({ options, locale, shadow }))
              .catch(() => undefined),
        );
      // Whoever just got this widget can still listen.
      if (!announced) queueMicrotask(() => emit(host, "ready", { widget }));
      announced = true;
    },
  };
  button.onclick = widget.open;
  return widget;
}

/** Whether a stored conversation can still be taken up; what cannot be read counts as none. */
function isRecoverable(key: string): boolean {
  try {
    const { recoverUntil } = JSON.parse(localStorage.getItem(key) as string) as { recoverUntil: string };
    return Date.parse(recoverUntil) > Date.now();
  } catch {
    return false;
  }
}

function whenIdle(callback: () => void): void {
  const rest = (): void => {
    // Safari has no requestIdleCallback.
    if (window.requestIdleCallback as unknown) requestIdleCallback(callback, { timeout: IDLE_MS });
    else setTimeout(callback);
  };
  if (document.readyState === "complete") rest();
  else addEventListener("load", rest);
}

function freePlace(): Element | undefined {
  return [...document.querySelectorAll("#nimbus-interact")].find((place) => !place.querySelector("interact-widget"));
}

function newPlace(): Element {
  const place = document.createElement("div");
  place.id = "nimbus-interact";
  return document.body.appendChild(place);
}
