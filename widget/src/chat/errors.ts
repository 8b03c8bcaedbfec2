/** The six codes that a visitor's browser may see. */
export const CODES = ["not_allowed", "offline", "busy", "ended", "invalid", "try_again"] as const;
export type Code = (typeof CODES)[number];

/** The widget API refused or could not be reached (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly code: Code,
    readonly status: number,
    /** Seconds, where the server named them. */
    readonly retryAfter?: number,
    /** The property of the request that is not right. */
    readonly field?: string,
  ) {
    super(`${code} (${status})`);
  }

  get network(): boolean {
    return this.status === 0;
  }
}

/** Whether the server's refusal means that a session will not come back. */
export function isOver(error: ApiError): boolean {
  return error.code === "ended" || error.code === "not_allowed";
}

/**
 * A message transport failed.
 * - `unknown`: no answer, or a fault on the other side; a message may or may not have been taken.
 * - `throttled`: not taken, welcome again after `retryAfter` seconds.
 * - `gone`: the thread is not ours any more; the session's state tells why.
 * - `refused`: not taken, and never will be.
 */
export class TransportError extends Error {
  constructor(
    readonly kind: "unknown" | "throttled" | "gone" | "refused",
    readonly retryAfter?: number,
  ) {
    super(kind);
  }
}
