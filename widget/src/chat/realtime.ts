import type { RealtimeAccess } from "./api";
import { backoff, type Clock } from "./clock";
import type { Credentials } from "./credentials";
import { ApiError } from "./errors";
import type { Connection, Listeners } from "../parts/signalr";

type Connect = (access: RealtimeAccess, listeners: Listeners) => Promise<Connection>;

/** Keeps a realtime connection for nudges; without one, the reader's interval alone must do. */
export class Realtime {
  private readonly stopping = new AbortController();
  private wake = new AbortController();
  private connection: Connection | undefined;
  private impatient = false;

  constructor(
    private readonly credentials: Pick<Credentials, "realtime" | "renew">,
    private readonly clock: Clock,
    private readonly connect: Connect,
    /** Without an argument: look, because there was or will be nobody to tell. */
    private readonly onNudge: (nudge?: unknown) => void,
  ) {}

  get connected(): boolean {
    return this.connection !== undefined;
  }

  async run(): Promise<void> {
    let access = this.credentials.realtime;
    for (let attempt = 0; access; attempt++) {
      if (await this.hold(access)) attempt = 0;
      if (this.stopping.signal.aborted) return;
      this.wake = new AbortController();
      if (!this.impatient) await this.clock.sleep(backoff(this.clock, attempt, 2000, 60_000), this.wake.signal);
      this.impatient = false;
      access = await this.fresh(access);
    }
  }

  /** The page is back from wherever it was: no more waiting, nor `anew` any trust in a connection from before. */
  retryNow(anew: boolean): void {
    this.wake.abort();
    if (!anew || !this.connection) return;
    this.impatient = true;
    this.connection.stop();
  }

  stop(): void {
    this.stopping.abort();
    this.wake.abort();
    this.connection?.stop();
  }

  /** Connects and returns when the connection is lost; true if there was one. */
  private async hold(access: RealtimeAccess): Promise<boolean> {
    try {
      this.connection = await this.connect(access, { nudge: this.onNudge });
    } catch {
      // Whatever the reason, reading at intervals goes on; nothing is lost but time.
      return false;
    }
    if (this.stopping.signal.aborted) this.connection.stop();
    // Whatever happened while there was no connection.
    this.onNudge();
    await this.connection.closed;
    this.connection = undefined;
    // From now on the reader has to look more often.
    this.onNudge();
    return true;
  }

  /** Fresh access; the old one where there is no answer; none where the server offers realtime no more. */
  private async fresh(old: RealtimeAccess): Promise<RealtimeAccess | undefined> {
    if (this.stopping.signal.aborted) return undefined;
    try {
      return (await this.credentials.renew()).realtime;
    } catch (error) {
      if (error instanceof ApiError) return error.code === "try_again" || error.code === "busy" ? old : undefined;
      throw error;
    }
  }
}

/** The client comes as a part of its own, and only once the page has nothing better to do. */
export async function connectWhenIdle(...call: Parameters<Connect>): Promise<Connection> {
  await new Promise<unknown>((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: 1000 });
    else setTimeout(resolve, 100);
  });
  return (await import("../parts/signalr")).connect(...call);
}
