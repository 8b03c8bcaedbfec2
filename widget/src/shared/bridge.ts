import type { ContactReference, InteractOptions } from "./options";

/** What the loader hands to the chat chunk; the two know nothing else of each other. */
export interface ChatHost {
  readonly options: InteractOptions;
  readonly contact: ContactReference;
  readonly apiBase: string;
  /** The tag to format times with; the chunk itself is of the language that was chosen for it. */
  readonly locale: string;
  readonly storageKey: string;
  readonly shadow: ShadowRoot;
  /** An empty element before the launcher button; the chat draws into it. */
  readonly container: HTMLElement;
  /** The visitor minimized the chat from inside. */
  readonly onClose: () => void;
  /** Before this page was loaded the panel was open in this tab; called at most once, while mounting. */
  readonly onReopen: () => void;
  /** How many messages wait to be read, and what to call that. */
  readonly onUnread: (count: number, text: string) => void;
}

export interface ChatHandle {
  /** Shows the panel; with `focus` it also moves the focus into it. */
  show(focus: boolean): void;
  hide(): void;
  destroy(): void;
}

/** The chat chunk's only export. */
export interface ChatModule {
  mount(host: ChatHost): ChatHandle;
}
