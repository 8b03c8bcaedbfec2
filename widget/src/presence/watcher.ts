import type { RealtimeAccess } from "../chat/api";
import { backoff, type Clock } from "../chat/clock";
import type { Connection, Listeners } from "../parts/signalr";
import type { PresenceState } from "../shared/presence";

export interface Answer {
  readonly state: PresenceState;
  /** As of when it is so, as ISO 8601 in UTC with milliseconds: an earlier one is older, whenever it arrives. */
  readonly at: string;
  /** Seconds. */
  readonly checkAfter: number;
  readonly realtime?: RealtimeAccess;
}

/** This page may not ask, and asking again is no use. */
export class Refused extends Error {}

export interface WatcherParts {
  /** The contact's state, with access to push where it is wanted; raises Refused, or anything else where it may be tried again. */
  readonly ask: (push: boolean) => Promise<Answer>;
  readonly connect: (access: RealtimeAccess, listeners: Listeners) => Promise<Connection>;
  readonly show: (state: PresenceState | undefined) => void;
  /** Whether the visitor can see the page; `look` is called when that begins. */
  readonly isVisible: () => boolean;
  readonly clock: Clock;
  readonly push: boolean;
}

const STATES = ["available", "busy", "offline"];
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;
/** A deployment without push today may have it tomorrow. */
const WITHOUT_PUSH_MS = 300_000;
/** After so many failures what is shown is not known any more. */
const FAILURES_BORNE = 3;

/** Follows a contact's state: by push while there is a connection, else by asking now and then; silent about either. */
export class Watcher {
  private wake = new AbortController();
  private readonly stopping = new AbortController();
  private connection: Connection | undefined;
  private lost = 0;
  private pushAgainAt = 0;
  private shownAt = "";

  constructor(private readonly parts: WatcherParts) {}

  async run(): Promise<void> {
    const { clock } = this.parts;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      let pause = LONGEST_PAUSE_MS;
      // Who stops or looks while it is being asked is heeded after it.
      this.wake = new AbortController();
      if (!this.parts.isVisible()) this.disconnect();
      else {
        try {
          pause = await this.check();
          failures = 0;
        } catch (error) {
          failures += 1;
          if (error instanceof Refused) this.stop();
          if (error instanceof Refused || failures >= FAILURES_BORNE) this.parts.show(undefined);
          pause = backoff(clock, failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
        }
      }
      await clock.sleep(pause, this.wake.signal);
    }
  }

  /** The page is back from wherever it was: no more waiting. */
  look(): void {
    this.wake.abort();
  }

  stop(): void {
    this.stopping.abort();
    this.disconnect();
    this.look();
  }

  /** Asks once, connects where that is due, and says how long to wait, in milliseconds. */
  private async check(): Promise<number> {
    const { ask, clock, push } = this.parts;
    const isDue = push && !this.connection && clock.now() >= this.pushAgainAt;
    let answer = await this.shown(ask(isDue || this.connection !== undefined));
    if (isDue && !answer.realtime) this.pushAgainAt = clock.now() + WITHOUT_PUSH_MS;
    if (isDue && answer.realtime && !this.stopping.signal.aborted) {
      // Once more, for what has changed while it was being connected, or when to ask without a connection.
      await this.connect(answer.realtime);
      answer = await this.shown(ask(this.connection !== undefined));
    }
    // Never later than asked for; not all browsers at the same moment.
    const pause = answer.checkAfter * 1000 * (0.8 + clock.random() / 5);
    return push && !this.connection ? Math.min(pause, Math.max(0, this.pushAgainAt - clock.now())) : pause;
  }

  private async shown(asked: Promise<Answer>): Promise<Answer> {
    const answer = await asked;
    this.show(answer.state, answer.at);
    return answer;
  }

  private async connect(access: RealtimeAccess): Promise<void> {
    const { clock, connect } = this.parts;
    const putOff = (): void => {
      this.pushAgainAt = clock.now() + backoff(clock, this.lost, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
      this.lost += 1;
    };
    let made: Connection;
    try {
      made = await connect(access, { presence: (told) => this.hear(told) });
    } catch {
      // Whatever the reason, asking now and then goes on.
      putOff();
      return;
    }
    this.connection = made;
    this.lost = 0;
    if (this.stopping.signal.aborted) made.stop();
    void made.closed.then(() => {
      if (this.connection !== made) return;
      this.connection = undefined;
      putOff();
      this.look();
    });
  }

  private hear(told: unknown): void {
    const { state, at } = (told ?? {}) as { state?: unknown; at?: unknown };
    if (STATES.includes(state as string) && typeof at === "string") this.show(state as PresenceState, at);
  }

  /** Several servers tell and answer: what is older than what is shown comes too late. */
  private show(state: PresenceState, at: string): void {
    if (this.stopping.signal.aborted || at < this.shownAt) return;
    this.shownAt = at;
    this.parts.show(state);
  }

  private disconnect(): void {
    const { connection } = this;
    this.connection = undefined;
    connection?.stop();
  }
}
