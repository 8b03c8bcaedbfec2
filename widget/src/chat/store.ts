import type { KeyValueStorage } from "../shared/storage";
import { readSession, type StoredSession } from "../shared/stored-session";

const MUTED = "interact:muted";

/** A message that is not known to be in the thread. */
export interface StoredMessage {
  readonly clientMessageId: string;
  readonly text: string;
  readonly at: number;
}

/** What this browser remembers of the conversation with one contact. */
export class SessionStore {
  constructor(
    private readonly storage: KeyValueStorage,
    private readonly key: string,
    private readonly now: () => number,
    /** Of this tab alone. */
    private readonly tab: KeyValueStorage = storage,
  ) {}

  get session(): StoredSession | undefined {
    return readSession(this.storage, this.key, this.now());
  }

  /** Remembers a new session, and nothing of any before it. */
  begin(session: StoredSession): void {
    this.storage.removeItem(this.unsentKey);
    this.storage.removeItem(this.readKey);
    this.save(session);
  }

  /** Changes the stored session `sessionId`; one that has been replaced or cleared meanwhile stays as it is. */
  amend(sessionId: string, change: Partial<StoredSession>): void {
    const { session } = this;
    if (session?.sessionId === sessionId) this.save({ ...session, ...change });
  }

  /** Forgets the session `sessionId` and all that belongs to it. */
  clear(sessionId: string): void {
    const { session } = this;
    if (session !== undefined && session.sessionId !== sessionId) return;
    this.storage.removeItem(this.key);
    this.storage.removeItem(this.unsentKey);
    this.storage.removeItem(this.readKey);
  }

  get unsent(): readonly StoredMessage[] {
    try {
      const value: unknown = JSON.parse(this.storage.getItem(this.unsentKey) ?? "[]");
      return Array.isArray(value)
        ? (value as StoredMessage[]).filter(({ clientMessageId, text }) => clientMessageId && text)
        : [];
    } catch {
      return [];
    }
  }

  addUnsent(message: StoredMessage): void {
    this.storage.setItem(this.unsentKey, JSON.stringify([...this.unsent, message]));
  }

  removeUnsent(clientMessageId: string): void {
    const left = this.unsent.filter((message) => message.clientMessageId !== clientMessageId);
    if (left.length > 0) this.storage.setItem(this.unsentKey, JSON.stringify(left));
    else this.storage.removeItem(this.unsentKey);
  }

  /** Sequence of the last message that the visitor has seen. */
  get readUpTo(): number {
    return Number(this.storage.getItem(this.readKey)) || 0;
  }

  set readUpTo(sequence: number) {
    if (sequence > this.readUpTo) this.storage.setItem(this.readKey, String(sequence));
  }

  /** What is typed in this tab and not sent, so that a reload or a crash does not cost it. */
  get draft(): string {
    return this.tab.getItem(this.draftKey) ?? "";
  }

  set draft(text: string) {
    if (text === "") this.tab.removeItem(this.draftKey);
    else this.tab.setItem(this.draftKey, text);
  }

  /** What found no way before the end stays with the visitor, for the next conversation. */
  keep(messages: readonly StoredMessage[]): void {
    this.draft = [...messages.map(({ text }) => text), this.draft].filter((text) => text.trim() !== "").join("\n");
  }

  /** The visitor wants no sounds from any chat of this site. */
  get muted(): boolean {
    return this.storage.getItem(MUTED) !== null;
  }

  set muted(muted: boolean) {
    if (muted) this.storage.setItem(MUTED, "yes");
    else this.storage.removeItem(MUTED);
  }

  /** Calls back when another tab changes what is stored here; returns how to stop that. */
  watch(callback: () => void): () => void {
    const listener = (event: StorageEvent): void => {
      if (event.key === null || event.key === this.key || event.key === this.readKey) callback();
    };
    addEventListener("storage", listener);
    return () => removeEventListener("storage", listener);
  }

  private save(session: StoredSession): void {
    this.storage.setItem(this.key, JSON.stringify(session));
  }

  private get unsentKey(): string {
    return `${this.key}:unsent`;
  }

  private get draftKey(): string {
    return `${this.key}:draft`;
  }

  private get readKey(): string {
    return `${this.key}:read`;
  }
}
