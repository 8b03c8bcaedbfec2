/** Who is contacted: a service (a team with a workflow) or a single user. */
export interface ContactReference {
  readonly kind: "service" | "user";
  readonly id: string;
}

/** What a host page passes to `Nimbus.Interact()`; exactly one of `serviceId` and `contactId` is needed. */
export interface InteractOptions {
  readonly widgetKey: string;
  readonly serviceId?: string;
  readonly contactId?: string;
  /** "signalR" (the default) keeps a realtime connection while a chat runs; anything else reads at intervals. */
  readonly presenceSubscription?: string;
  /** Where to mount; the default is the first free `<div id="nimbus-interact">`, or a new one at the end of the body. */
  readonly element?: Element | null;
  /** A BCP 47 tag; the default is the document's language, then the browser's. */
  readonly locale?: string;
  /** Replaces single texts of the catalogue, by their keys. */
  readonly texts?: Readonly<Record<string, string>>;
  /** URL of the widget API; the default is derived from the loader's own address. */
  readonly apiBase?: string;
  /** Proof of who the visitor is, where the tenant demands authorization; a function is asked anew at every start. */
  readonly accessToken?: string | (() => string | Promise<string>);
}

/** The contact that the options name, or undefined where they name none or two. */
export function contactOf(options: InteractOptions): ContactReference | undefined {
  const { serviceId, contactId } = options;
  if (serviceId && !contactId) return { kind: "service", id: serviceId };
  if (contactId && !serviceId) return { kind: "user", id: contactId };
  return undefined;
}

/** One widget and one stored conversation exist per such key. */
export function storageKey(widgetKey: string, contact: ContactReference): string {
  return `interact:${widgetKey}:${contact.kind}:${contact.id}`;
}
