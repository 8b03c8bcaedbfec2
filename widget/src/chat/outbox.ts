import { backoff, type Clock } from "./clock";
import { TransportError } from "./errors";
import type { SessionStore, StoredMessage } from "./store";
import type { Transport } from "./transport/transport";

const ATTEMPTS = 3;

export interface PendingMessage {
  readonly clientMessageId: string;
  readonly text: string;
  readonly at: number;
  readonly status: "sending" | "sent" | "failed";
  /** A send had no clear outcome: the thread is looked through before another. */
  readonly uncertain: boolean;
  /** The service will never take it. */
  readonly refused?: true;
}

interface Listener {
  /** Anything below has changed. */
  changed(): void;
  /** A message was taken; the thread has something new. */
  sent(): void;
  /** The thread is closed to the visitor. */
  gone(): void;
}

/** The visitor's messages on their way: one at a time and in order, each at most once in the thread. */
export class Outbox {
  private items: readonly PendingMessage[];
  private pumping = false;
  private readonly stopping = new AbortController();
  /** While the service asks to wait: until when. */
  throttledUntil: number | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly store: SessionStore,
    private readonly clock: Clock,
    private readonly listener: Listener,
    private readonly senderName: string | undefined,
  ) {
    // Another tab, or this one before it was reloaded, may have sent them.
    this.items = store.unsent.map((message) => ({ ...message, status: "sending", uncertain: true }));
  }

  get pending(): readonly PendingMessage[] {
    return this.items;
  }

  /** Sends a message, which is stored as unsent until then. */
  add(message: StoredMessage): void {
    if (this.items.some(({ clientMessageId }) => clientMessageId === message.clientMessageId)) return;
    this.items = [...this.items, { ...message, status: "sending", uncertain: false }];
    this.listener.changed();
    // What found no way before goes first.
    this.resume();
  }

  /** Sends a failed message again. */
  retry(clientMessageId: string): void {
    this.again((item) => item.clientMessageId === clientMessageId || !item.refused);
  }

  /** Sends what is left of an earlier page, and whatever found no way; not what was refused. */
  resume(): void {
    this.again((item) => !item.refused);
  }

  /** Drops what the thread shows by now; true if anything was dropped. */
  settle(): boolean {
    const inThread = new Set(this.transport.messages.map((message) => message.clientMessageId));
    const left = this.items.filter((item) => !inThread.has(item.clientMessageId));
    if (left.length === this.items.length) return false;
    for (const item of this.items) if (!left.includes(item)) this.store.removeUnsent(item.clientMessageId);
    this.items = left;
    return true;
  }

  stop(): void {
    this.stopping.abort();
  }

  private again(meant: (item: PendingMessage) => boolean): void {
    const isMeant = (item: PendingMessage): boolean => item.status === "failed" && meant(item);
    if (this.items.some(isMeant)) {
      this.items = this.items.map((item) => (isMeant(item) ? { ...item, status: "sending" } : item));
      this.listener.changed();
    }
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    for (;;) {
      const next = this.items.find((item) => item.status === "sending");
      if (!next || this.stopping.signal.aborted) break;
      await this.deliver(next.clientMessageId);
      if (this.items.some(foundNoWay)) this.giveUp();
    }
    this.pumping = false;
  }

  /** What was written after a message that found no way waits with it: nothing overtakes it. */
  private giveUp(): void {
    this.items = this.items.map((item) => (item.status === "sending" ? { ...item, status: "failed" } : item));
    this.listener.changed();
  }

  private async deliver(clientMessageId: string): Promise<void> {
    for (let attempt = 1; !this.stopping.signal.aborted;) {
      const item = this.items.find((candidate) => candidate.clientMessageId === clientMessageId);
      // A read that went on meanwhile has found it in the thread.
      if (!item) return;
      const outcome = await this.attempt(item);
      if (outcome === "sent") {
        this.change(clientMessageId, { status: "sent", uncertain: false });
        this.store.removeUnsent(clientMessageId);
        this.listener.sent();
        return;
      }
      const uncertain = item.uncertain || outcome.kind === "unknown";
      if (outcome.kind === "throttled") {
        await this.wait(outcome.retryAfter ?? 1);
      } else if (outcome.kind === "unknown" && attempt < ATTEMPTS) {
        this.change(clientMessageId, { uncertain });
        await this.clock.sleep(backoff(this.clock, attempt - 1), this.stopping.signal);
        attempt += 1;
      } else {
        const refused = outcome.kind === "refused" ? { refused: true as const } : {};
        this.change(clientMessageId, { status: "failed", uncertain, ...refused });
        if (outcome.kind === "gone") this.listener.gone();
        return;
      }
    }
  }

  private async attempt({ clientMessageId, text, uncertain }: PendingMessage): Promise<"sent" | TransportError> {
    try {
      if (uncertain) {
        await this.transport.read();
        if (this.transport.messages.some((message) => message.clientMessageId === clientMessageId)) return "sent";
      }
      await this.transport.send({ clientMessageId, text, senderName: this.senderName });
      return "sent";
    } catch (error) {
      if (error instanceof TransportError) return error;
      throw error;
    }
  }

  private change(clientMessageId: string, value: Partial<PendingMessage>): void {
    this.items = this.items.map((item) => (item.clientMessageId === clientMessageId ? { ...item, ...value } : item));
    this.listener.changed();
  }

  private async wait(seconds: number): Promise<void> {
    this.throttledUntil = this.clock.now() + seconds * 1000;
    this.listener.changed();
    await this.clock.sleep(seconds * 1000, this.stopping.signal);
    this.throttledUntil = undefined;
    this.listener.changed();
  }
}

function foundNoWay({ status, refused }: PendingMessage): boolean {
  return status === "failed" && !refused;
}
