import type { KeyValueStorage } from "./storage";

/** A running session as this browser remembers it. */
export interface StoredSession {
  readonly sessionId: string;
  readonly sessionToken: string;
  /** ISO time until which the session can be taken up again. */
  readonly recoverUntil: string;
}

/** The server decides whether a session can be recovered; a browser's clock may be wrong, but hardly by a day. */
const DOUBT_MS = 24 * 60 * 60_000;

/** The session stored under `key`, if it is worth asking for; undefined also where it is damaged. */
export function readSession(storage: KeyValueStorage, key: string, now: number): StoredSession | undefined {
  try {
    const value = JSON.parse(storage.getItem(key) ?? "null") as Partial<StoredSession> | null;
    if (!value?.sessionId || !value.sessionToken || !value.recoverUntil) return undefined;
    return Date.parse(value.recoverUntil) + DOUBT_MS > now ? (value as StoredSession) : undefined;
  } catch {
    return undefined;
  }
}
