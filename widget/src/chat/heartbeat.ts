import type { WidgetApi, SessionKey } from "./api";
import type { Clock } from "./clock";
import { ApiError } from "./errors";

const INTERVAL_MS = 60_000;

interface Listener {
  recoverUntil(time: string): void;
  ended(): void;
}

/** Tells the server that the visitor is there: one tab per browser, every minute, and a goodbye when the page goes. */
export class Heartbeat {
  private readonly stopping = new AbortController();
  private release: (() => void) | undefined;
  private beating: AbortController | undefined;

  constructor(
    private readonly api: Pick<WidgetApi, "heartbeat">,
    private readonly key: SessionKey,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {}

  start(): void {
    addEventListener("pagehide", this.leave);
    addEventListener("pageshow", this.arrive);
    this.lead();
  }

  stop(): void {
    removeEventListener("pagehide", this.leave);
    removeEventListener("pageshow", this.arrive);
    this.stopping.abort();
    this.yieldLead();
  }

  private readonly leave = (): void => {
    if (!this.beating) return;
    this.yieldLead();
    this.api.heartbeat(this.key, true).catch(ignoreNetwork);
  };

  private readonly arrive = (event: PageTransitionEvent): void => {
    if (event.persisted) this.lead();
  };

  /** Beats as soon as no other tab does; where the browser has no locks, every tab beats. */
  private lead(): void {
    const locks = (navigator as { locks?: LockManager }).locks;
    if (!locks) {
      void this.beat();
      return;
    }
    locks
      .request(`interact:${this.key.sessionId}`, { signal: this.stopping.signal }, () => {
        void this.beat();
        return new Promise<void>((resolve) => (this.release = resolve));
      })
      // Aborted by stop(), or the page has no right to locks: then this tab beats for itself.
      .catch(() => {
        if (!this.stopping.signal.aborted) void this.beat();
      });
  }

  private yieldLead(): void {
    this.beating?.abort();
    this.beating = undefined;
    this.release?.();
    this.release = undefined;
  }

  private async beat(): Promise<void> {
    const beating = new AbortController();
    this.beating?.abort();
    this.beating = beating;
    while (!beating.signal.aborted) {
      try {
        this.listener.recoverUntil((await this.api.heartbeat(this.key, false)).recoverUntil);
      } catch (error) {
        ignoreNetwork(error);
        if (error instanceof ApiError && error.code === "ended") this.listener.ended();
      }
      await this.clock.sleep(INTERVAL_MS, beating.signal);
    }
  }
}

/** A heartbeat that fails is followed by the next one; anything but a refusal of the API is a defect of ours. */
function ignoreNetwork(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
