import type { CustomParameters, InteractOptions, StartValues } from "../npm";
import type { ChatTexts } from "../texts";

/** What the loader hands to the chat chunk; the two know nothing else of each other. */
export interface ChatHost {
  readonly options: InteractOptions;
  /** The key of the stored conversation. */
  readonly key: string;
  /** The tag to format times with. */
  readonly locale: string;
  /** Nobody asked for the language of `texts`: where the tenant has another one, that applies. */
  readonly guessed: boolean;
  readonly texts: ChatTexts;
  /** All custom parameters that the page gave, as it gave them, the latest last. */
  readonly parameters: readonly CustomParameters[];
  /** The widget's element; its events are those of the page. */
  readonly host: HTMLElement;
  readonly shadow: ShadowRoot;
  /** An empty element before the launcher button; the chat draws into it. */
  readonly container: HTMLElement;
  /** The launcher, which is the chat's from now on. */
  readonly button: HTMLButtonElement;
  /** Panels that have no room side by side give way to the one just opened. */
  readonly makeRoom: () => void;
}

export interface ChatHandle {
  readonly open: () => void;
  readonly close: () => void;
  /** Opens with these values in the form; begins where all three are given and nothing else has to be asked. */
  readonly start: (values?: StartValues) => void;
  readonly end: () => void;
  /** There are more of them. */
  readonly setParameters: () => void;
  readonly destroy: () => void;
}

/** The chat chunk's only export. */
export interface ChatModule {
  readonly mount: (host: ChatHost) => ChatHandle;
}
