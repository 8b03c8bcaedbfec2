/**
 * The Interact widget for web developers: the types of all that a page may use, and `interact()`, which brings the widget
 * of a deployment onto the page. Importing this does nothing.
 */

/** What a page says about the widget that it wants; exactly one of `serviceId` and `contactId` is needed. */
export interface InteractOptions {
  /** The tenant's key. */
  readonly widgetKey: string;
  /** A service: a team with a workflow. */
  readonly serviceId?: string | undefined;
  /** A single user. */
  readonly contactId?: string | undefined;
  /**
   * How the widget hears of news. `"signalR"`: by a connection, of the contact's presence as soon as the page is idle, and
   * of messages while a chat runs. `"poll"`: both at intervals. `"none"`: no presence, messages at intervals. Left out: no
   * presence, messages by a connection.
   */
  readonly presenceSubscription?: string | undefined;
  /** Where to mount; the default is the first free `<div id="nimbus-interact">`, or a new one at the end of the body. */
  readonly element?: Element | null | undefined;
  /** A BCP 47 tag; the default is the document's language, then the browser's, then the tenant's. */
  readonly locale?: string | undefined;
  /** Replaces single texts, by the keys of the English catalogue. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
  /** URL of the widget API; the default is derived from the address of the loader. */
  readonly apiBase?: string | undefined;
  /** Proof of who the visitor is, where the tenant demands authorization; a function is asked anew at every start. */
  readonly accessToken?: string | (() => string | Promise<string>) | undefined;
  /** The same as a function, under the name that some guides use. */
  readonly getAccessToken?: (() => Promise<string>) | undefined;
  /** Custom parameters: what the workflow and the agent learn of the visitor's page. */
  readonly parameters?: CustomParameters | undefined;
  /** The corner; `start` and `end` follow the direction of the language. The default is `"bottom-end"`. */
  readonly position?: Position | undefined;
  /** Distances from the corner's edges in CSS pixels; the default is 20 by 20. */
  readonly offset?: { readonly inline?: number | undefined; readonly block?: number | undefined } | undefined;
  /** `"auto"` (the default) follows the visitor's system. */
  readonly theme?: "auto" | "light" | "dark" | undefined;
}

export type Position = "bottom-right" | "bottom-left" | "bottom-start" | "bottom-end";

/**
 * At most 20 of them. Names: a letter, then up to 49 letters, digits and underscores. Values: up to 1,000 characters;
 * numbers and booleans become text.
 */
export type CustomParameters = Readonly<Record<string, string | number | boolean>>;

/** What `start()` puts into the form; with all three the conversation begins at once. */
export interface StartValues {
  readonly message?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** What happens in a widget, by name, and what its listeners get. */
export interface InteractEvents {
  /** The button is on the page. */
  ready: { readonly widget: Widget };
  /** The panel has opened. */
  opened: object;
  /** A conversation runs; `recovered` where it was taken up again, after a reload or from another tab. */
  started: { readonly sessionId: string; readonly recovered: boolean };
  /** A new message, the visitor's own ones included; not the history of a recovered conversation. */
  message: Message;
  /** The conversation is over, whoever ended it. */
  ended: { readonly sessionId: string };
  /** Something did not work. */
  error: { readonly code: ErrorCode; readonly field?: string | undefined };
}

export interface Message {
  readonly id: string;
  /** Who wrote it: the visitor, somebody of the team, or the system (greetings, notices). */
  readonly author: "visitor" | "agent" | "system";
  /** The name that it is shown under; empty for the visitor and the system. */
  readonly name: string;
  readonly text: string;
}

/** Six answers of the server; `load_failed` where the chat itself could not be loaded. */
export type ErrorCode = "not_allowed" | "offline" | "busy" | "ended" | "invalid" | "try_again" | "load_failed";

export type EventName = keyof InteractEvents;
export type Listener<Name extends EventName> = (detail: InteractEvents[Name]) => void;

/** One contact's widget on the page. Its methods need no `this`. */
export interface Widget {
  readonly open: () => void;
  /** Closes the panel; the conversation goes on. */
  readonly close: () => void;
  /** Opens the panel with these values in the form; begins where name, email and message are given. */
  readonly start: (values?: StartValues) => void;
  /** Ends the conversation, without asking. */
  readonly end: () => void;
  /** Adds custom parameters: to the next start, and to the conversation that runs. */
  readonly setParameters: (parameters: CustomParameters) => void;
  readonly on: <Name extends EventName>(name: Name, listener: Listener<Name>) => void;
  readonly off: <Name extends EventName>(name: Name, listener: Listener<Name>) => void;
  /** Removes the widget from the page; the conversation can be recovered. */
  readonly destroy: () => void;
}

/** `window.Nimbus`, once the loader is there. */
export interface Nimbus {
  readonly isLoaded: true;
  readonly queue: { push(...entries: QueueEntry[]): void };
  /** Shows the widget of a contact; called again for the same contact it returns the same widget and changes nothing. */
  Interact(options: InteractOptions): Widget;
}

/** What the queue takes: options, a function, or a call of a method of every widget on the page. */
export type QueueEntry = InteractOptions | ((nimbus: Nimbus) => void) | QueuedCall;
export type QueuedCall = {
  readonly [Method in keyof Widget]: readonly [method: Method, ...values: Parameters<Widget[Method]>];
}[keyof Widget];

declare global {
  interface Window {
    Nimbus?: Nimbus | { isLoaded?: never; queue?: QueueEntry[] };
  }
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- adds to an interface of the browser's
  interface DocumentEventMap extends InteractDomEvents {}
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- as above
  interface HTMLElementEventMap extends InteractDomEvents {}
}

/** The same events on the widget's element, from where they bubble to the document. */
export type InteractDomEvents = {
  [Name in EventName as `interact:${Name}`]: CustomEvent<InteractEvents[Name]>;
};

/** Where the widget comes from. */
export interface Deployment {
  /** The deployment's address, e.g. `https://interact.example`. */
  readonly url: string;
  /** The loader's hash from the deployment's manifest, for pages that pin it. */
  readonly integrity?: string | undefined;
}

const loading = new Map<string, Promise<Nimbus>>();

/** Brings the widget of a contact onto the page; called again for the same contact it returns the same widget. */
export async function interact({ url, integrity, ...options }: Deployment & InteractOptions): Promise<Widget> {
  if (typeof document === "undefined") throw new Error("Interact: there is no page to put the widget on");
  if (window.Nimbus?.isLoaded) return window.Nimbus.Interact(options);
  const address = `${url.replace(/\/+$/, "")}/widget/interact.js`;
  let nimbus = loading.get(address);
  if (!nimbus) {
    nimbus = load(address, integrity);
    loading.set(address, nimbus);
    // A later call may try again.
    nimbus.catch(() => loading.delete(address));
  }
  return (await nimbus).Interact(options);
}

function load(address: string, integrity: string | undefined): Promise<Nimbus> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.async = true;
    script.crossOrigin = "anonymous";
    if (integrity) script.integrity = integrity;
    const fail = (): void => {
      script.remove();
      reject(new Error(`Interact: ${address} could not be loaded`));
    };
    script.onload = () => (window.Nimbus?.isLoaded ? resolve(window.Nimbus) : fail());
    script.onerror = fail;
    script.src = trusted(address);
    document.head.append(script);
  });
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string;
  };
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** Pages that require trusted types allow this by `trusted-types interact`. */
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return address;
  policy ??= trustedTypes.createPolicy("interact", { createScriptURL: (url) => url });
  return policy.createScriptURL(address);
}
