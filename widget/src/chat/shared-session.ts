import type { StoredSession } from "../shared/stored-session";
import type { Access, Contact, SessionState, WidgetApi } from "./api";
import { randomId, type Clock } from "./clock";
import { Credentials } from "./credentials";
import { enter } from "./entry";
import { ApiError, isOver } from "./errors";
import { sayGoodbye } from "./heartbeat";
import { Lifecycle } from "./lifecycle";
import { wellFormed } from "./limits";
import { LiveSession, type LiveView, type LiveSessionParts } from "./live-session";
import type { PendingMessage } from "./outbox";
import type { SessionStore, StoredMessage } from "./store";
import { surroundings } from "./tab-surroundings";
import { Tabs } from "./tabs";
import { createTransport } from "./transport";
import type { Transport } from "./transport/transport";

/** What the tabs tell each other of their session. */
interface Message {
  readonly view?: LiveView;
  readonly contact?: Contact | undefined;
  readonly said?: StoredMessage;
  readonly retry?: string;
  readonly over?: true;
}

/** A session that has just been started, which needs no asking how it stands. */
export interface Beginning extends Access {
  readonly state: SessionState;
}

export interface SharedSessionParts {
  readonly session: StoredSession;
  readonly api: WidgetApi;
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly realtime: boolean;
  readonly customerName: string | undefined;
  /** What is known of the contact, for tabs that have not asked. */
  readonly contact: () => Contact | undefined;
  readonly learned: (contact: Contact | Pick<Contact, "displayName">) => void;
  /** This tab leads from now on. */
  readonly leads: () => void;
  readonly changed: (view: LiveView) => void;
  /** Over, after there was something to see. */
  readonly ended: () => void;
  /** Over, before there was anything to see. */
  readonly missed: () => void;
  readonly unreachable: (error: ApiError) => void;
}

const TYPING_MS = 5000;
/** So often a tab that is seen makes sure of its leader. */
const LOOK_MS = 15_000;

/** The session in this tab: led here, or shown as the leading tab tells it; only the leader talks to the server. */
export class SharedSession {
  private readonly tabs: Tabs<Message>;
  private readonly lifecycle: Lifecycle;
  private live: LiveSession | undefined;
  private view: LiveView | undefined;
  /** Said here while another tab leads, until that one shows it. */
  private said: readonly PendingMessage[] = [];
  private leadership = new AbortController();
  private entering = new AbortController();
  private typedAt = 0;
  private lookedAt = 0;
  private over = false;

  constructor(
    private readonly parts: SharedSessionParts,
    private beginning?: Beginning,
  ) {
    const { clock, session } = parts;
    const listener = {
      lead: () => void this.lead(),
      follow: () => this.follow(),
      hear: (message: Message) => this.hear(message),
      asked: () => this.tell(),
    };
    this.tabs = new Tabs(`interact:${session.sessionId}`, listener, clock, surroundings());
    this.lifecycle = new Lifecycle(clock, {
      gone: (forGood) => this.goAway(forGood),
      back: () => !this.over && this.tabs.start(false),
      awake: (jumped) => this.wakeUp(jumped),
      changed: () => this.look(),
    });
  }

  start(): void {
    this.lifecycle.start();
    this.tabs.start(this.beginning !== undefined);
  }

  say(text: string): void {
    const { store, clock } = this.parts;
    const message = { clientMessageId: randomId(), text: wellFormed(text), at: clock.now() };
    store.addUnsent(message);
    if (this.live) {
      this.live.say(message);
      return;
    }
    this.said = [...this.said, { ...message, status: "sending", uncertain: true }];
    this.tabs.say({ said: message });
    // Whether there is a leader shows at once.
    this.tabs.look();
    if (this.view) this.show(this.view);
  }

  retry(clientMessageId: string): void {
    if (this.live) this.live.retry(clientMessageId);
    else this.tabs.say({ retry: clientMessageId });
  }

  /** The visitor writes: told now and then, and only while somebody is there to see it. */
  typing(): void {
    const { api, session, clock } = this.parts;
    if (this.view?.state !== "connected" || !navigator.onLine || clock.now() - this.typedAt < TYPING_MS) return;
    this.typedAt = clock.now();
    api.typing(session).catch((error: unknown) => {
      // Nobody misses it.
      if (!(error instanceof ApiError)) throw error;
    });
  }

  /** The visitor has ended the session. */
  conclude(): void {
    if (this.live) void this.live.conclude();
    else this.finish();
  }

  /** The session is over, and all tabs shall know. */
  private finish(): void {
    if (this.over) return;
    this.tabs.say({ over: true });
    this.close();
  }

  /** Another tab has put something else in this session's place. */
  suspect(): void {
    void this.live?.checkState();
  }

  stop(): void {
    this.over = true;
    this.leadership.abort();
    this.entering.abort();
    this.live?.stop();
    this.live = undefined;
    this.lifecycle.stop();
    this.tabs.stop();
  }

  /** Whether this tab speaks for all. */
  get leading(): boolean {
    return this.live !== undefined;
  }

  private async lead(): Promise<void> {
    const { session, api, store, clock, realtime, customerName } = this.parts;
    const leadership = (this.leadership = new AbortController());
    const beginning = this.beginning;
    this.beginning = undefined;
    this.parts.leads();
    const entry = beginning ? ([beginning, beginning] as const) : await this.enter(leadership.signal);
    if (!entry || leadership.signal.aborted) return;
    const [status, access] = entry;
    const credentials = new Credentials(api, session, clock, access);
    const transport = this.transport(credentials);
    if (!transport) return;
    this.said = [];
    const live = new LiveSession({
      session,
      status,
      customerName,
      credentials,
      transport,
      api,
      store,
      clock,
      realtime,
      changed: (view) => this.live === live && this.show(view),
      ended: () => this.finish(),
    });
    this.live = live;
    live.start();
  }

  private async enter(signal: AbortSignal): Promise<readonly [LiveSessionParts["status"], Access] | undefined> {
    const entry = await enter(this.parts, {
      signal,
      endless: () => this.view !== undefined,
      waiting: (attempt) => {
        if (this.view && attempt > 0) this.show({ ...this.view, connection: navigator.onLine ? "lost" : "offline" });
        this.entering = new AbortController();
        return this.entering.signal;
      },
    });
    if (!(entry instanceof ApiError)) {
      this.parts.learned({ displayName: entry[0].displayName });
      return entry;
    }
    if (signal.aborted) return undefined;
    if (isOver(entry)) this.finish();
    else this.giveUp(entry);
    return undefined;
  }

  private giveUp(error: ApiError): void {
    this.stop();
    this.parts.unreachable(error);
  }

  private transport(credentials: Credentials): Transport | undefined {
    try {
      return createTransport(credentials, this.parts.api.thread(this.parts.session));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.giveUp(error);
      return undefined;
    }
  }

  private follow(): void {
    this.leadership.abort();
    this.live?.stop();
    this.live = undefined;
  }

  private hear({ view, contact, said, retry, over }: Message): void {
    if (over) this.close();
    if (said) this.live?.say(said);
    if (retry) this.live?.retry(retry);
    if (!view || this.live || this.over) return;
    if (contact) this.parts.learned(contact);
    this.show(view);
  }

  private show(view: LiveView): void {
    const leading = this.live !== undefined;
    if (leading && this.view && same(this.view, view)) return;
    const taken = new Set([...view.messages, ...view.pending].map(({ clientMessageId }) => clientMessageId));
    this.said = this.said.filter(({ clientMessageId }) => !taken.has(clientMessageId));
    this.view = view;
    this.parts.changed({ ...view, pending: [...view.pending, ...this.said] });
    if (leading) this.tell();
  }

  private tell(): void {
    if (this.live && this.view) this.tabs.say({ view: this.view, contact: this.parts.contact() });
  }

  private close(): void {
    if (this.over) return;
    const { view } = this;
    this.stop();
    if (!view) {
      this.parts.missed();
      return;
    }
    const pending = [...view.pending, ...this.said].map((each) =>
      each.status === "sending" ? { ...each, status: "failed" as const } : each,
    );
    this.parts.changed({ ...view, pending, state: "ended", queue: undefined, typing: false });
    this.parts.ended();
  }

  private goAway(forGood: boolean): void {
    const goodbye = forGood && this.live && this.tabs.alone;
    this.follow();
    this.tabs.stop();
    if (goodbye) sayGoodbye(this.parts.api, this.parts.session);
  }

  private wakeUp(jumped: boolean): void {
    this.entering.abort();
    this.live?.resume(jumped);
    this.tabs.look();
  }

  private look(): void {
    const { clock } = this.parts;
    this.live?.publish();
    const due = clock.now() - this.lookedAt >= LOOK_MS;
    if (due) this.lookedAt = clock.now();
    this.tabs.look(due);
  }
}

function same(one: LiveView, other: LiveView): boolean {
  return (Object.keys(other) as (keyof LiveView)[]).every((key) => one[key] === other[key]);
}
