import { backoff, type Clock } from "./clock";
import { TransportError } from "./errors";

/** Reads the thread again and again: at an interval, at once when asked, ever more slowly while it fails. */
export class Reader {
  private readonly stopping = new AbortController();
  private wake = new AbortController();
  private again = false;
  private busy = false;
  /** Failed reads in a row. */
  failures = 0;

  constructor(
    private readonly clock: Clock,
    private readonly read: () => Promise<void>,
    /** Milliseconds until the next read, asked anew each time. */
    private readonly interval: () => number,
    private readonly settled: () => void,
  ) {}

  start(): void {
    void this.run();
  }

  /** Reads now; a read under way is followed by another one. */
  now(): void {
    if (this.busy) this.again = true;
    else this.wake.abort();
  }

  stop(): void {
    this.stopping.abort();
    this.wake.abort();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.busy = true;
      this.again = false;
      const demanded = await this.attempt();
      this.settled();
      // A wait that the service demanded is not cut short by a nudge.
      if (demanded > 0) await this.clock.sleep(demanded, this.stopping.signal);
      this.busy = false;
      if (this.askedAgain() || demanded > 0) continue;
      this.wake = new AbortController();
      const pause = this.failures > 0 ? backoff(this.clock, this.failures, 1000, 15_000) : this.interval();
      await this.clock.sleep(pause, this.wake.signal);
    }
  }

  /** Whether somebody called now() during the read. */
  private askedAgain(): boolean {
    return this.again;
  }

  private async attempt(): Promise<number> {
    try {
      await this.read();
      this.failures = 0;
      return 0;
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      if (error.kind === "throttled") return (error.retryAfter ?? 1) * 1000;
      this.failures += 1;
      return 0;
    }
  }
}
