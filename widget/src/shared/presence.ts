/** Whether a contact can be reached now: a user, or a service as a whole. */
export type PresenceState = "available" | "busy" | "offline";

/** What stands beside the launcher; `text` is in the visitor's language. */
export interface Presence {
  readonly state: PresenceState;
  readonly text: string;
}

type Told = ShadowRoot & { presence?: Presence | undefined };

const CHANGED = "presence";

/** Tells whoever draws in this root; the parts of the widget have nothing else in common. */
export function tellPresence(root: ShadowRoot, presence: Presence | undefined): void {
  (root as Told).presence = presence;
  root.dispatchEvent(new Event(CHANGED));
}

/** Calls `changed` now and with every change, until the returned function is called. */
export function followPresence(root: ShadowRoot, changed: (presence: Presence | undefined) => void): () => void {
  const tell = (): void => changed((root as Told).presence);
  root.addEventListener(CHANGED, tell);
  tell();
  return () => root.removeEventListener(CHANGED, tell);
}
