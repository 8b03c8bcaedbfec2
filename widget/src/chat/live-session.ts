import type { QueuePlace, SessionState, SessionStatus, WidgetApi } from "./api";
import type { Clock } from "./clock";
import type { Credentials } from "./credentials";
import { ApiError, isOver, TransportError } from "./errors";
import { Heartbeat } from "./heartbeat";
import { readLastWords } from "./last-words";
import { Outbox, type PendingMessage } from "./outbox";
import { Reader } from "./reader";
import { connectWhenIdle, Realtime } from "./realtime";
import type { SessionStore, StoredMessage } from "./store";
import type { StoredSession } from "../shared/stored-session";
import type { RelayEvent, ThreadMessage, Transport } from "./transport/transport";

const WITHOUT_REALTIME_MS = { visible: 2000, hidden: 5000 };
const WITH_REALTIME_MS = 15_000;
/** Events after which the conversation stands differently; behind some it may be over, as the workflow says. */
const TURNS: readonly (RelayEvent | undefined)[] = [
  "waiting",
  "connected",
  "transferred",
  "position",
  "noAgent",
  "outOfHours",
];
/** After so long a silence the session may be another one's or over, so its state is read before its messages. */
const STALE_MS = 60_000;
const QUEUE_LOOK_MS = { visible: 10_000, hidden: 30_000 };
const READ_LOOK_MS = 10_000;
const TYPING_MS = 6000;

/** What the conversation shows of its session; plain data, for other tabs too. */
export interface LiveView {
  readonly state: SessionState;
  readonly agentName: string | undefined;
  readonly messages: readonly ThreadMessage[];
  readonly pending: readonly PendingMessage[];
  readonly userId: string;
  readonly connection: "ok" | "offline" | "lost";
  readonly throttledUntil: number | undefined;
  readonly queue: QueuePlace | undefined;
  /** ISO time up to which the agent has read. */
  readonly readUntil: string | undefined;
  /** The agent is writing right now. */
  readonly typing: boolean;
}

export interface LiveSessionParts {
  readonly session: StoredSession;
  readonly status: Pick<SessionStatus, "state"> & Partial<SessionStatus>;
  readonly customerName: string | undefined;
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly api: WidgetApi;
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly realtime: boolean;
  readonly changed: (view: LiveView) => void;
  readonly ended: () => void;
}

/** One running session, in the tab that leads: reads, sends, listens and beats until it ends. */
export class LiveSession {
  private readonly reader: Reader;
  private readonly outbox: Outbox;
  private readonly realtime: Realtime;
  private readonly heartbeat: Heartbeat;
  private status: LiveSessionParts["status"];
  private statusAt: number;
  private heardAt: number;
  private heeded: number | undefined;
  private nudged = false;
  private typingUntil = 0;
  private concluding = false;
  private stopped = false;

  constructor(private readonly parts: LiveSessionParts) {
    const { session, credentials, transport, api, store, clock } = parts;
    this.status = parts.status;
    this.heardAt = clock.now();
    // A start does not tell the place in the queue.
    this.statusAt = parts.status.startedAt ? clock.now() : 0;
    this.reader = new Reader(
      clock,
      () => this.read(),
      () => this.interval(),
      () => this.publish(),
    );
    this.outbox = new Outbox(
      transport,
      store,
      clock,
      { changed: () => this.publish(), sent: () => this.reader.now(), gone: () => void this.checkState() },
      parts.customerName,
    );
    this.realtime = new Realtime(credentials, clock, connectWhenIdle, (nudge) => this.heedNudge(nudge));
    this.heartbeat = new Heartbeat(api, session, clock, {
      newest: () => transport.messages.findLast((message) => message.senderId === transport.userId)?.id,
      recoverUntil: (recoverUntil) => store.amend(session.sessionId, { recoverUntil }),
      ended: () => void this.conclude(),
    });
  }

  start(): void {
    void this.heartbeat.run();
    this.reader.start();
    this.outbox.resume();
    if (this.parts.realtime) void this.realtime.run();
    this.publish();
  }

  say(message: StoredMessage): void {
    this.outbox.add(message);
  }

  retry(clientMessageId: string): void {
    this.outbox.retry(clientMessageId);
  }

  stop(): void {
    this.stopped = true;
    this.reader.stop();
    this.outbox.stop();
    this.realtime.stop();
    this.heartbeat.stop();
  }

  /** The session is over: what was said last is shown before the end is. */
  async conclude(): Promise<void> {
    if (this.concluding) return;
    this.concluding = true;
    const { transport, clock } = this.parts;
    if (await readLastWords(transport, clock, () => this.stopped)) this.outbox.settle();
    this.finish();
  }

  private finish(): void {
    if (this.stopped) return;
    this.stop();
    this.publish();
    this.parts.ended();
  }

  /** The page is back from wherever it was; `jumped` after a sleep, of which the connection may not know. */
  resume(jumped: boolean): void {
    this.outbox.resume();
    this.reader.now();
    this.realtime.retryNow(jumped);
    this.heartbeat.wakeUp();
    this.publish();
  }

  /** Asks the server how the session stands; false where it did not answer. */
  async checkState(): Promise<boolean> {
    const { api, session, store, clock } = this.parts;
    this.statusAt = clock.now();
    try {
      const status = await api.status(session);
      if (this.stopped) return true;
      store.amend(session.sessionId, { recoverUntil: status.recoverUntil });
      if (status.state === "ended") {
        await this.conclude();
        return true;
      }
      this.status = status;
      this.publish();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isOver(error)) await this.conclude();
      return isOver(error);
    }
  }

  /** Shows the present state of everything. */
  publish(): void {
    const { transport, clock } = this.parts;
    const { state, agentDisplayName, queue, readUntil } = this.status;
    this.parts.changed({
      state,
      agentName: agentDisplayName,
      messages: transport.messages,
      pending: this.outbox.pending,
      userId: transport.userId,
      connection: !navigator.onLine ? "offline" : this.reader.failures > 1 ? "lost" : "ok",
      throttledUntil: this.outbox.throttledUntil,
      queue: (state === "waiting" && queue) || undefined,
      readUntil: readUntil ?? undefined,
      typing: state === "connected" && this.typingUntil > clock.now(),
    });
  }

  private heedNudge(nudge: unknown): void {
    if ((nudge as { typing?: unknown } | undefined)?.typing !== true) {
      this.nudged = true;
      this.reader.now();
      return;
    }
    this.typingUntil = this.parts.clock.now() + TYPING_MS;
    this.publish();
    void this.parts.clock.sleep(TYPING_MS).then(() => !this.stopped && this.publish());
  }

  private async read(): Promise<void> {
    const { transport, clock } = this.parts;
    const nudged = this.nudged;
    this.nudged = false;
    let news: boolean;
    try {
      const stale = clock.now() - this.heardAt > STALE_MS;
      if (stale && !(await this.checkState())) throw new TransportError("unknown");
      if (this.isOver()) return;
      news = await transport.read();
    } catch (error) {
      if (error instanceof TransportError && error.kind === "gone") await this.checkState();
      throw error;
    }
    if (this.isOver()) return;
    this.heardAt = clock.now();
    if (news && transport.messages.at(-1)?.senderId !== transport.userId) this.typingUntil = 0;
    this.outbox.settle();
    await this.heedEvents();
    if (!this.isOver() && this.statusIsDue(nudged && !news)) await this.checkState();
  }

  private async heedEvents(): Promise<void> {
    const { messages } = this.parts.transport;
    if (messages.some(({ event }) => event === "ended" || event === "declined")) {
      this.finish();
      return;
    }
    const turn = messages.findLast(({ event }) => TURNS.includes(event));
    if (turn === undefined || turn.sequence === this.heeded) return;
    this.heeded = turn.sequence;
    const { event } = turn;
    if (event === "waiting" || event === "connected") this.status = { ...this.status, state: event };
    if (event !== "waiting") await this.checkState();
  }

  /** Whether there may be news that no message tells: the place in the queue, or that the agent has read. */
  private statusIsDue(nudgedInVain: boolean): boolean {
    const { transport, clock } = this.parts;
    const since = clock.now() - this.statusAt;
    if (this.status.state === "waiting") return nudgedInVain || since >= QUEUE_LOOK_MS[visibility()];
    const last = transport.messages.findLast(({ senderId }) => senderId === transport.userId);
    const sentAt = Date.parse(last?.createdOn ?? "");
    if (Number.isNaN(sentAt) || Date.parse(this.status.readUntil ?? "") >= sentAt) return false;
    // Ever more rarely: where the other side tells nothing there is nothing to be found.
    return nudgedInVain || since >= Math.max(READ_LOOK_MS, (clock.now() - sentAt) / 2);
  }

  /** Anything awaited may have ended the session. */
  private isOver(): boolean {
    return this.stopped || this.concluding;
  }

  private interval(): number {
    return this.realtime.connected ? WITH_REALTIME_MS : WITHOUT_REALTIME_MS[visibility()];
  }
}

function visibility(): "visible" | "hidden" {
  return document.visibilityState === "visible" ? "visible" : "hidden";
}
