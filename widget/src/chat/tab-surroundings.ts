export interface Channel {
  postMessage(word: unknown): void;
  close(): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** What the browser offers; old ones and pages without https have no locks. */
export interface Surroundings {
  readonly locks: Pick<LockManager, "request"> | undefined;
  readonly openChannel: ((name: string) => Channel) | undefined;
  readonly hidden: () => boolean;
}

/** What this browser offers to this page. */
export function surroundings(): Surroundings {
  return {
    locks: (navigator as { locks?: LockManager }).locks,
    openChannel: "BroadcastChannel" in globalThis ? (name) => new BroadcastChannel(name) : undefined,
    hidden: () => document.visibilityState !== "visible",
  };
}
