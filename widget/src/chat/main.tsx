import { render } from "preact";
import type { ChatHandle, ChatHost } from "../shared/bridge";
import { safeStorage } from "../shared/storage";
import { chat as catalogue } from "../texts/catalogue";
import { WidgetApi } from "./api";
import css from "./chat.css";
import { systemClock } from "./clock";
import { Conversation } from "./conversation";
import { Observable } from "./observable";
import { SessionStore } from "./store";
import { followKeyboard } from "./viewport";
import { LanguageContext } from "./views/context";
import { Panel, type Visibility } from "./views/Panel";

/** One for the page: without `localStorage` it is the memory of all widgets. */
const storage = safeStorage(() => localStorage);

/** Of this tab alone: whether it shows the conversation, so that a reload does not close the panel. */
const tab = safeStorage(() => sessionStorage);

/** Draws the chat into the loader's shadow root; it shows nothing until `show()`. */
export function mount(host: ChatHost): ChatHandle {
  const { options, contact, container } = host;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  host.shadow.adoptedStyleSheets.push(sheet);

  const texts = { ...catalogue, ...options.texts };
  const { accessToken } = options;
  const conversation = new Conversation({
    api: new WidgetApi(host.apiBase),
    store: new SessionStore(storage, host.storageKey, () => Date.now()),
    clock: systemClock,
    widgetKey: options.widgetKey,
    contact,
    locale: host.locale,
    realtime: (options.presenceSubscription ?? "signalR").toLowerCase() === "signalr",
    accessToken: async () => (typeof accessToken === "function" ? accessToken() : accessToken),
  });
  const visibility = new Observable<Visibility>({ open: false, quiet: false });
  const wasOpen = tab.getItem(host.storageKey) !== null;
  const onShowing = (showing: boolean): void =>
    showing ? tab.setItem(host.storageKey, "open") : tab.removeItem(host.storageKey);
  const stopFollowing = followKeyboard(container);
  // What is typed here is no shortcut of the host page.
  for (const type of ["keydown", "keypress", "keyup"])
    container.addEventListener(type, (event) => event.stopPropagation());
  container.lang = host.locale;

  render(
    <LanguageContext.Provider value={{ texts, locale: regional(host.locale) }}>
      <Panel
        conversation={conversation}
        visibility={visibility}
        onClose={host.onClose}
        onUnread={host.onUnread}
        onShowing={onShowing}
      />
    </LanguageContext.Provider>,
    container,
  );
  void conversation.load();
  if (wasOpen) host.onReopen();

  return {
    show: (focus) => {
      if (conversation.state.value.phase === "unavailable") void conversation.load();
      visibility.update({ open: true, quiet: !focus });
    },
    hide: () => visibility.update({ open: false }),
    destroy: () => {
      stopFollowing();
      conversation.stop();
      render(null, container);
    },
  };
}

/** The browser's own variant of a bare language, so that times look as the visitor is used to. */
function regional(locale: string): string {
  return navigator.languages.find((tag) => tag.startsWith(`${locale}-`)) ?? locale;
}
