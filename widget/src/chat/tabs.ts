import { randomId, type Clock } from "./clock";
import type { Channel, Surroundings } from "./tab-surroundings";

/** A tab that hears no answer for so long takes the leader's place. */
const SILENCE_MS = 2000;
/** Without locks there is nobody to ask but the tabs themselves. */
const ELECTION_MS = 400;
/** Browsers slow the timers of a page that has been hidden for some minutes. */
const STALE_LEADER_MS = 60_000;
/** Many tabs that ask at once share an answer. */
const ANSWER_MS = 100;

/** What the tabs of one session say to each other; `say` carries what their users mean. */
interface Word {
  readonly from: string;
  /** Who leads? The answer is for everybody. */
  readonly ask?: "seen" | "hidden";
  /** The leader's answer; `give` names a tab that shall lead instead. */
  readonly here?: true;
  readonly give?: string | undefined;
  /** Where there are no locks: leads since this time, the later one wins. */
  readonly claim?: number;
  readonly bye?: "leader" | "follower";
  readonly say?: unknown;
}

export interface TabsListener<Message> {
  /** This tab leads from now on. */
  lead(): void;
  /** It leads no more. */
  follow(): void;
  hear(message: Message): void;
  /** Another tab wants to know how it stands. */
  asked(): void;
}

/**
 * The tabs of a browser that show one session: exactly one of them leads, whatever happens to the others.
 *
 * A Web Lock says who; where there are none, the tabs agree by the channel; without a channel every tab leads for itself.
 * A visible tab takes the lead from one that does not answer (frozen by the browser) or has long been hidden.
 */
export class Tabs<Message> {
  private readonly id = randomId();
  private readonly others = new Set<string>();
  private channel: Channel | undefined;
  private stopping = new AbortController();
  private asking: AbortController | undefined;
  private running = false;
  private queued = false;
  private claimedAt: number | undefined;
  private release: (() => void) | undefined;
  private hiddenSince: number | undefined;
  private answering = false;
  private owed = false;
  leading = false;

  constructor(
    private readonly name: string,
    private readonly listener: TabsListener<Message>,
    private readonly clock: Clock,
    private readonly surroundings: Surroundings,
  ) {}

  /** `fresh`: the session has just begun here, so nobody else can lead it. */
  start(fresh: boolean): void {
    if (this.running) return;
    this.running = true;
    this.stopping = new AbortController();
    this.channel = this.open();
    this.noteHidden();
    if (!this.channel || (fresh && !this.surroundings.locks)) this.claim();
    else if (this.surroundings.locks) this.queue(this.surroundings.locks);
    if (!this.leading) this.ask();
  }

  stop(): void {
    if (!this.running) return;
    this.running = false;
    this.post({ bye: this.leading ? "leader" : "follower" });
    this.stopping.abort();
    this.asking?.abort();
    this.channel?.close();
    this.channel = undefined;
    this.leading = false;
    this.release?.();
  }

  say(message: Message): void {
    this.post({ say: message });
  }

  /** Whether this tab knows of none besides. */
  get alone(): boolean {
    return this.others.size === 0;
  }

  /** The page came into view or went out of it, or simply some time has passed: one that is seen makes sure of its leader. */
  look(ask = true): void {
    this.noteHidden();
    if (ask && this.running && !this.leading && !this.surroundings.hidden()) this.ask();
  }

  private noteHidden(): void {
    if (!this.surroundings.hidden()) this.hiddenSince = undefined;
    else this.hiddenSince ??= this.clock.now();
  }

  private open(): Channel | undefined {
    try {
      const channel = this.surroundings.openChannel?.(this.name);
      if (channel) channel.onmessage = ({ data }: MessageEvent) => this.heed(data as Word);
      return channel;
    } catch {
      // A page may be forbidden to have one.
      return undefined;
    }
  }

  private post(word: Omit<Word, "from">): void {
    this.channel?.postMessage({ from: this.id, ...word });
  }

  private heed({ from, ask, here, give, claim, bye, say }: Word): void {
    if (ask) {
      this.others.add(from);
      if (this.leading && !this.giveTo(from, ask)) this.answer();
    }
    if (here || claim !== undefined) this.asking?.abort();
    if (give === this.id && !this.surroundings.hidden()) this.take();
    if (claim !== undefined) this.heedClaim(from, claim);
    if (bye) this.others.delete(from);
    if (bye === "leader" && !this.surroundings.locks && !this.leading) this.ask(this.clock.random() * ELECTION_MS);
    if (say !== undefined) this.listener.hear(say as Message);
  }

  /** Lets a tab that is seen have the lead, once this one's timers are slow. */
  private giveTo(from: string, ask: "seen" | "hidden"): boolean {
    const since = this.hiddenSince;
    if (ask === "hidden" || since === undefined || this.clock.now() - since < STALE_LEADER_MS) return false;
    this.post({ here: true, give: from });
    return true;
  }

  private answer(): void {
    this.owed = this.answering;
    if (this.answering) return;
    this.answering = true;
    this.post({ here: true });
    this.listener.asked();
    void this.clock.sleep(ANSWER_MS).then(() => {
      this.answering = false;
      if (this.owed && this.leading) this.answer();
    });
  }

  /** Asks for the leader, and takes its place where there is no answer. */
  private ask(patience = this.surroundings.locks ? SILENCE_MS : ELECTION_MS): void {
    if (this.asking && !this.asking.signal.aborted) return;
    const asking = new AbortController();
    this.asking = asking;
    const hidden = this.surroundings.hidden();
    this.post({ ask: hidden ? "hidden" : "seen" });
    void this.clock.sleep(patience, asking.signal).then(() => {
      if (asking.signal.aborted || this.leading) return;
      asking.abort();
      // With locks somebody does lead; who is not seen can wait for that tab to wake up.
      if (!this.surroundings.locks || !this.surroundings.hidden()) this.take();
    });
  }

  private take(): void {
    const { locks } = this.surroundings;
    if (locks) this.follow(locks.request(this.name, { steal: true }, () => this.hold()));
    else this.claim();
  }

  /** Waits for the lock; the browser gives it to the next one when a tab dies. */
  private queue(locks: Pick<LockManager, "request">): void {
    this.queued = true;
    const { signal } = this.stopping;
    this.follow(
      locks.request(this.name, { signal }, () => {
        this.queued = false;
        return this.hold();
      }),
    );
  }

  private hold(): Promise<void> {
    if (!this.running) return Promise.resolve();
    this.become();
    return new Promise((resolve) => (this.release = resolve));
  }

  /** The lock was stolen, or there was none to be had. */
  private follow(holding: Promise<unknown>): void {
    holding.catch((error: unknown) => {
      if (!this.running) return;
      const { locks } = this.surroundings;
      if (!locks || (error as DOMException).name !== "AbortError") {
        this.claim();
        return;
      }
      this.resign();
      if (!this.queued) this.queue(locks);
    });
  }

  private claim(): void {
    this.claimedAt = Math.max(this.clock.now(), (this.claimedAt ?? 0) + 1);
    this.post({ claim: this.claimedAt });
    this.become();
  }

  private heedClaim(from: string, claim: number): void {
    const mine = this.claimedAt ?? 0;
    if (claim > mine || (claim === mine && from > this.id)) {
      this.claimedAt = claim;
      this.resign();
    } else if (this.leading) this.post({ claim: mine });
  }

  private become(): void {
    this.asking?.abort();
    if (this.leading) return;
    this.leading = true;
    this.listener.lead();
  }

  private resign(): void {
    if (!this.leading) return;
    this.leading = false;
    this.listener.follow();
  }
}
