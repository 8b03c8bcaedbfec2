import type { SessionState, WidgetApi } from "./api";
import type { Clock } from "./clock";
import type { Credentials } from "./credentials";
import { ApiError, TransportError } from "./errors";
import { Heartbeat } from "./heartbeat";
import { Outbox, type PendingMessage } from "./outbox";
import { Reader } from "./reader";
import { Realtime } from "./realtime";
import type { SessionStore } from "./store";
import type { StoredSession } from "../shared/stored-session";
import type { RelayEvent, ThreadMessage, Transport } from "./transport/transport";

const WITHOUT_REALTIME_MS = { visible: 2000, hidden: 5000 };
const WITH_REALTIME_MS = 15_000;
/** Events after which the conversation stands differently; behind the last two it may be over, as the workflow says. */
const TURNS: readonly (RelayEvent | undefined)[] = ["waiting", "connected", "noAgent", "outOfHours"];

/** What the conversation shows of its session. */
export interface LiveView {
  readonly state: SessionState;
  readonly agentName: string | undefined;
  readonly messages: readonly ThreadMessage[];
  readonly pending: readonly PendingMessage[];
  readonly userId: string;
  readonly connection: "ok" | "offline" | "lost";
  readonly throttledUntil: number | undefined;
}

export interface LiveSessionParts {
  readonly session: StoredSession;
  readonly state: SessionState;
  readonly agentName: string | undefined;
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

/** One running session: reads, sends, listens and beats until it ends. */
export class LiveSession {
  private readonly reader: Reader;
  private readonly outbox: Outbox;
  private readonly realtime: Realtime;
  private readonly heartbeat: Heartbeat;
  private state: SessionState;
  private agentName: string | undefined;
  private turnedAt: number | undefined;
  private stopped = false;

  constructor(private readonly parts: LiveSessionParts) {
    const { session, credentials, transport, api, store, clock } = parts;
    this.state = parts.state;
    this.agentName = parts.agentName;
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
    const connect = async (...call: Parameters<typeof import("../parts/signalr").connect>) => {
      await idle();
      return (await import("../parts/signalr")).connect(...call);
    };
    this.realtime = new Realtime(credentials, clock, connect, () => this.reader.now());
    this.heartbeat = new Heartbeat(api, session, clock, {
      recoverUntil: (recoverUntil) => store.amend(session.sessionId, { recoverUntil }),
      ended: () => this.finish(),
    });
  }

  start(): void {
    this.reader.start();
    this.heartbeat.start();
    if (this.parts.realtime) void this.realtime.run();
    document.addEventListener("visibilitychange", this.resume);
    for (const event of ["online", "offline", "focus", "pageshow"]) addEventListener(event, this.resume);
    this.publish();
  }

  say(text: string): void {
    this.outbox.add(text);
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
    document.removeEventListener("visibilitychange", this.resume);
    for (const event of ["online", "offline", "focus", "pageshow"]) removeEventListener(event, this.resume);
  }

  /** The session is over: everything rests, what was said stays on the screen. */
  finish(): void {
    if (this.stopped) return;
    this.stop();
    this.state = "ended";
    this.publish();
    this.parts.ended();
  }

  /** Asks the server whether the session still runs, and by whom it is served. */
  async checkState(): Promise<void> {
    const { api, session, store } = this.parts;
    try {
      const status = await api.status(session);
      if (this.stopped) return;
      store.amend(session.sessionId, { recoverUntil: status.recoverUntil });
      if (status.state === "ended") {
        this.finish();
        return;
      }
      this.state = status.state;
      this.agentName = status.agentDisplayName;
      this.publish();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isOver(error)) this.finish();
    }
  }

  private readonly resume = (event: Event): void => {
    if (event.type === "online") this.outbox.retry();
    if (event.type !== "offline" && document.visibilityState === "visible") {
      this.reader.now();
      this.realtime.retryNow();
    }
    this.publish();
  };

  private async read(): Promise<void> {
    try {
      await this.parts.transport.read();
    } catch (error) {
      if (error instanceof TransportError && error.kind === "gone") await this.checkState();
      throw error;
    }
    if (this.stopped) return;
    this.outbox.settle();
    await this.heedEvents();
  }

  private async heedEvents(): Promise<void> {
    const { messages } = this.parts.transport;
    if (messages.some(({ event }) => event === "ended" || event === "declined")) {
      this.finish();
      return;
    }
    const turn = messages.findLast(({ event }) => TURNS.includes(event));
    if (turn === undefined || turn.sequence === this.turnedAt) return;
    this.turnedAt = turn.sequence;
    this.state = turn.event === "connected" ? "connected" : "waiting";
    if (turn.event !== "waiting") await this.checkState();
  }

  private interval(): number {
    if (this.realtime.connected) return WITH_REALTIME_MS;
    return document.visibilityState === "visible" ? WITHOUT_REALTIME_MS.visible : WITHOUT_REALTIME_MS.hidden;
  }

  private publish(): void {
    const { transport } = this.parts;
    this.parts.changed({
      state: this.state,
      agentName: this.agentName,
      messages: transport.messages,
      pending: this.outbox.pending,
      userId: transport.userId,
      connection: !navigator.onLine ? "offline" : this.reader.failures > 1 ? "lost" : "ok",
      throttledUntil: this.outbox.throttledUntil,
    });
  }
}

/** Whether the server's refusal means that this session will not come back. */
export function isOver(error: ApiError): boolean {
  return error.code === "ended" || error.code === "not_allowed";
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve, 100);
  });
}
