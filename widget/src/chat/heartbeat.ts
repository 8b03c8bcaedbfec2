import type { SessionKey, WidgetApi } from "./api";
import { backoff, type Clock } from "./clock";
import { ApiError } from "./errors";

const INTERVAL_MS = 60_000;

interface Listener {
  /** The id of the visitor's newest message in the thread. */
  newest(): string | undefined;
  recoverUntil(time: string): void;
  ended(): void;
}

/** Tells the server that the visitor is there: at once, then every minute; nobody is asked to serve before the first one. */
export class Heartbeat {
  private readonly stopping = new AbortController();
  private wake = new AbortController();
  private beatenAt = -Infinity;

  constructor(
    private readonly api: Pick<WidgetApi, "heartbeat">,
    private readonly key: SessionKey,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {}

  async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      const demanded = await this.beat();
      failures = demanded === undefined ? 0 : failures + 1;
      this.wake = new AbortController();
      const pause = failures === 0 ? INTERVAL_MS : demanded || backoff(this.clock, failures - 1, 1000, INTERVAL_MS);
      await this.clock.sleep(pause, this.wake.signal);
    }
  }

  /** The page is back from wherever it was: a sign that is due goes now. */
  wakeUp(): void {
    if (this.clock.now() - this.beatenAt >= INTERVAL_MS) this.wake.abort();
  }

  stop(): void {
    this.stopping.abort();
    this.wake.abort();
  }

  /** Undefined when it was heard; else the milliseconds that the server wants to be left alone, 0 where it names none. */
  private async beat(): Promise<number | undefined> {
    try {
      this.listener.recoverUntil((await this.api.heartbeat(this.key, false, this.listener.newest())).recoverUntil);
      this.beatenAt = this.clock.now();
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "ended") this.listener.ended();
      return (error.retryAfter ?? 0) * 1000;
    }
  }
}

/** Tells the server that the page goes; the request outlives it. */
export function sayGoodbye(api: Pick<WidgetApi, "heartbeat">, key: SessionKey): void {
  api.heartbeat(key, true).catch((error: unknown) => {
    // Nothing is left that could do anything about it.
    if (!(error instanceof ApiError)) throw error;
  });
}
