import { render, type JSX } from "preact";
import type { StartValues } from "../npm";
import type { ChatHandle, ChatHost } from "../shared/bridge";
import { emit } from "../shared/events";
import { contactOf, type PreviewOptions } from "../shared/options";
import { sheet } from "../shared/sheets";
import { safeStorage } from "../shared/storage";
import { directionOf } from "../texts";
import { WidgetApi } from "./api";
import css from "./chat.css";
import { systemClock } from "./clock";
import { Conversation } from "./conversation";
import dark from "./dark.css";
import { ApiError } from "./errors";
import type { FormValues } from "./form-rules";
import { createLanguage, type Language } from "./language";
import { takeOver } from "./launcher-button";
import { Observable } from "./observable";
import { tellPage } from "./page-events";
import { Parameters } from "./parameters";
import { SessionStore } from "./store";
import { followKeyboard } from "./viewport";
import { LanguageContext } from "./views/context";
import { useObservable } from "./views/hooks";
import { Panel, type Visibility } from "./views/Panel";

const MEDIA_OF_DARK = { auto: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };

/** One for the page: without `localStorage` it is the memory of all widgets. */
const storage = safeStorage(() => localStorage);

/** Of this tab alone: whether it shows the conversation, so that a reload does not close the panel. */
const tab = safeStorage(() => sessionStorage);

/** Draws the chat into the loader's shadow root; it shows nothing until `open()`. */
export function mount(given: ChatHost): ChatHandle {
  const { options, key, container, host, shadow } = given;
  const darkSheet = sheet(dark);
  darkSheet.media.mediaText = MEDIA_OF_DARK[options.theme ?? "auto"];
  shadow.adoptedStyleSheets.push(sheet(css), darkSheet);
  // A notice that an earlier attempt to load the chat has failed.
  container.role = container.textContent = null;
  const parameters = new Parameters(given.parameters);
  const { current: language, follow } = createLanguage(given);
  const accessToken = options.accessToken ?? options.getAccessToken;
  const conversation = new Conversation({
    api: new WidgetApi(
      options.apiBase ?? new URL("../../api/widget/v1", import.meta.url).href,
      undefined,
      (options as PreviewOptions).previewPass,
    ),
    store: new SessionStore(storage, key, () => Date.now(), tab),
    clock: systemClock,
    widgetKey: options.widgetKey,
    contact: contactOf(options),
    locale: () => language.value.locale,
    parameters: parameters.known,
    realtime: (options.presenceSubscription ?? "signalR").toLowerCase() === "signalr",
    accessToken: async () => (typeof accessToken === "function" ? accessToken() : accessToken),
  });
  const visibility = new Observable<Visibility>({ open: false, quiet: false });
  const launcher = takeOver(given.button, language.value.texts, () => (visibility.value.open ? close() : open(true)));
  const open = (focus: boolean): void => {
    if (visibility.value.open) {
      if (focus) visibility.update({ quiet: false });
      return;
    }
    if (conversation.state.value.phase === "unavailable") void conversation.load();
    given.makeRoom();
    visibility.update({ open: true, quiet: !focus });
    launcher.draw(true, language.value.texts);
    emit(host, "opened", {});
  };
  const close = (): void => {
    const inside = shadow.activeElement;
    visibility.update({ open: false });
    launcher.draw(false, language.value.texts);
    if (inside) launcher.focus();
  };

  const wasOpen = tab.getItem(key) !== null;
  const onShowing = (showing: boolean): void => (showing ? tab.setItem(key, "open") : tab.removeItem(key));
  const stopFollowing = followKeyboard(container);
  // What is typed here is no shortcut of the host page.
  for (const type of ["keydown", "keypress", "keyup"])
    container.addEventListener(type, (event) => event.stopPropagation());
  const speak = ({ texts, locale }: Language): void => {
    container.lang = locale;
    host.dir = directionOf(locale);
    launcher.draw(visibility.value.open, texts);
  };
  speak(language.value);
  language.subscribe(speak);
  conversation.state.subscribe(({ contact: found }) => found && void follow(found.language));
  tellPage(conversation.state, () => language.value.texts, host);

  render(
    <Spoken language={language}>
      <Panel
        conversation={conversation}
        visibility={visibility}
        onClose={close}
        onUnread={launcher.unread}
        onShowing={onShowing}
      />
    </Spoken>,
    container,
  );
  void conversation.load();
  if (wasOpen) open(false);

  return {
    open: () => open(true),
    close,
    start: (values = {}) => {
      open(true);
      void conversation.propose(known(values));
    },
    end: () => void conversation.end(),
    setParameters: () => {
      conversation.tell(parameters.take()).catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        emit(host, "error", { code: error.code, ...(error.field ? { field: error.field } : {}) });
      });
    },
    destroy: () => {
      stopFollowing();
      conversation.stop();
      render(null, container);
    },
  };
}

function Spoken({ language, children }: { language: Observable<Language>; children: JSX.Element }): JSX.Element {
  return <LanguageContext.Provider value={useObservable(language)}>{children}</LanguageContext.Provider>;
}

/** Without the values that the page named and left undefined. */
function known({ name, email, message }: StartValues): Partial<FormValues> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(message === undefined ? {} : { message }),
  };
}
