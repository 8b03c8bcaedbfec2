import type { StoredSession } from "../shared/stored-session";
import type { Access, SessionStatus, WidgetApi } from "./api";
import { backoff, type Clock } from "./clock";
import { ApiError, isOver } from "./errors";
import type { SessionStore } from "./store";

const ATTEMPTS = 3;

interface Parts {
  readonly session: StoredSession;
  readonly api: WidgetApi;
  readonly store: SessionStore;
  readonly clock: Clock;
}

interface Patience {
  /** Aborted when nobody needs it any more. */
  readonly signal: AbortSignal;
  /** Whether there is something to show meanwhile: then it is tried for as long as it takes. */
  readonly endless: () => boolean;
  /** Told before each wait but the first; ends the wait when the returned signal is aborted. */
  readonly waiting: (attempt: number) => AbortSignal;
}

/** How the session stands first, then access to it; the refusal, where there is none. */
export async function enter(
  { session, api, store, clock }: Parts,
  { signal, endless, waiting }: Patience,
): Promise<readonly [SessionStatus, Access] | ApiError> {
  for (let attempt = 0; ; attempt++) {
    try {
      const status = await api.status(session);
      if (status.state === "ended") throw new ApiError("ended", 200);
      store.amend(session.sessionId, { recoverUntil: status.recoverUntil });
      return [status, await api.access(session)];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (signal.aborted || isOver(error) || (attempt + 1 >= ATTEMPTS && !endless())) return error;
      const pause = error.retryAfter ? error.retryAfter * 1000 : backoff(clock, attempt, 1000, 15_000);
      await clock.sleep(pause, waiting(attempt));
    }
  }
}
