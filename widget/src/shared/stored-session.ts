import type { KeyValueStorage } from "./storage";

/** A running session as this browser remembers it. */
export interface StoredSession {
  readonly sessionId: string;
  readonly sessionToken: string;
  /** ISO time until which the session can be taken up again. */
  readonly recoverUntil: string;
}

/** The stored session under `key` that can still be recovered; what is expired or damaged is removed. */
export function recoverable(storage: KeyValueStorage, key: string, now: number): StoredSession | undefined {
  const text = storage.getItem(key);
  if (text === null) return undefined;
  const session = parse(text);
  if (session !== undefined && Date.parse(session.recoverUntil) > now) return session;
  storage.removeItem(key);
  return undefined;
}

function parse(text: string): StoredSession | undefined {
  try {
    const value = JSON.parse(text) as Partial<StoredSession> | null;
    const complete = value?.sessionId && value.sessionToken && value.recoverUntil;
    return complete ? (value as StoredSession) : undefined;
  } catch {
    return undefined;
  }
}
