import type { ChatHandle, ChatModule } from "../shared/bridge";
import type { ContactReference, InteractOptions } from "../shared/options";
import { chooseLanguage, directionOf, type Language, type LauncherTexts } from "../texts";
import { launcher as de } from "../texts/de";
import { launcher as en } from "../texts/en";
import { createLauncher } from "./launcher";

/** Loads the chat chunk; a `retry` above zero asks past a failure that the browser remembers. */
export type LoadChat = (language: Language, retry: number) => Promise<ChatModule>;

export interface Widget {
  open(): void;
  /** Closes the panel; the conversation goes on. */
  close(): void;
  /** Removes the widget from the page. */
  destroy(): void;
}

/** A widget as the loader sees it. */
export interface PlacedWidget extends Widget {
  readonly slot: number;
  /** Puts the widget into the page, also again after the page has thrown it out with an element around it. */
  mount(): void;
}

export interface Surroundings {
  readonly key: string;
  readonly contact: ContactReference;
  readonly apiBase: string;
  readonly slot: number;
  readonly load: LoadChat;
  readonly onOpen: (opened: Widget) => void;
  readonly onDestroy: () => void;
}

const CATALOGUES: Readonly<Record<Language, LauncherTexts>> = { en, de };

/** One contact's launcher on the page and, once it is wanted, its chat. */
export function createWidget(
  options: InteractOptions,
  { key, contact, apiBase, slot, load, onOpen, onDestroy }: Surroundings,
): PlacedWidget {
  const [tag, language] = chooseLanguage([options.locale, document.documentElement.lang, ...navigator.languages]);
  // A page that brings its own texts may use a language that has no catalogue.
  const locale = (options.texts && options.locale) || tag;
  const texts = { ...CATALOGUES[language], ...options.texts };
  let chat: Promise<ChatHandle> | undefined;
  let attempts = 0;
  let opened = false;
  let shown = false;
  let waiting = false;
  let destroyed = false;
  let unread = 0;
  let unreadText = "";

  const launcher = createLauncher(texts, directionOf(locale), slot, () => (opened ? close() : open()));
  const draw = (): void => launcher.draw(shown, opened && !shown, unread, unreadText);

  const ready = (): Promise<ChatHandle> => {
    const loading = (chat ??= load(language, attempts++).then((module) =>
      module.mount({
        options,
        contact,
        apiBase,
        locale,
        storageKey: key,
        shadow: launcher.shadow,
        container: launcher.container,
        onClose: close,
        onReopen: () => present(false),
        onUnread: (count, text) => {
          unread = count;
          unreadText = text;
          draw();
        },
      }),
    ));
    loading.catch(() => (chat = undefined));
    return loading;
  };

  const present = (focus: boolean): void => {
    if (opened || destroyed) return;
    opened = true;
    onOpen(widget);
    launcher.fail();
    draw();
    ready().then(
      (handle) => {
        shown = opened;
        draw();
        if (opened) handle.show(focus);
      },
      () => {
        opened = false;
        draw();
        launcher.fail(open);
      },
    );
  };

  const open = (): void => present(true);

  const close = (): void => {
    const inside = launcher.shadow.activeElement;
    opened = shown = false;
    draw();
    void chat?.then((handle) => handle.hide());
    if (inside) launcher.focus();
  };

  const insert = (parent: Element): void => {
    waiting = false;
    if (destroyed) return;
    parent.append(launcher.host);
    if (isRecoverable(key)) whenIdle(() => void ready().catch(() => undefined));
  };

  const widget: PlacedWidget = {
    slot,
    open,
    close,
    destroy: () => {
      destroyed = true;
      onDestroy();
      void chat?.then((handle) => handle.destroy());
      launcher.host.remove();
    },
    mount: () => {
      if (launcher.host.isConnected || waiting) return;
      const place = options.element ?? freePlace();
      const late = (): void => insert(freePlace() ?? newPlace());
      waiting = !place && document.readyState === "loading";
      if (place) insert(place);
      else if (waiting) addEventListener("DOMContentLoaded", late);
      else late();
    },
  };
  draw();
  return widget;
}

/** Whether a stored conversation can still be taken up; what cannot be read counts as none. */
function isRecoverable(key: string): boolean {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? "{}") as { recoverUntil?: string };
    return Date.parse(stored.recoverUntil ?? "") > Date.now();
  } catch {
    return false;
  }
}

function whenIdle(callback: () => void): void {
  // Safari has no requestIdleCallback.
  const later = (window as { requestIdleCallback?: (callback: () => void) => void }).requestIdleCallback ?? setTimeout;
  const rest = (): void => void later(callback);
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
