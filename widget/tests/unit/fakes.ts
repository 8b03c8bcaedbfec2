import type { AcsMessaging } from "../../src/chat/api";
import type { Clock } from "../../src/chat/clock";
import { TransportError } from "../../src/chat/errors";
import type { OutgoingMessage, ThreadMessage, Transport } from "../../src/chat/transport/transport";

/** A clock that never waits and remembers how long it was asked to. */
export class FakeClock implements Clock {
  time = Date.parse("2026-03-02T10:00:00Z");
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  random(): number {
    return 1;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.time += milliseconds;
    await Promise.resolve();
  }
}

/** A clock that stands until it is told that time passes. */
export class ManualClock implements Clock {
  time = Date.parse("2026-03-02T10:00:00Z");
  private readonly sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): number {
    return this.time;
  }

  random(): number {
    return Math.random();
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { until: this.time + milliseconds, wake: resolve };
      if (signal?.aborted) resolve();
      else this.sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.sleepers.delete(sleeper);
        resolve();
      });
    });
  }

  /** Lets `milliseconds` pass; whoever wakes up meanwhile has time to act. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settled();
    for (;;) {
      const due = [...this.sleepers].filter(({ until }) => until <= end);
      const next = Math.min(...due.map(({ until }) => until));
      if (!Number.isFinite(next)) break;
      this.time = next;
      for (const sleeper of due.filter(({ until }) => until === next)) {
        this.sleepers.delete(sleeper);
        sleeper.wake();
      }
      await settled();
    }
    this.time = end;
    await settled();
  }
}

/** A storage as browsers have it. */
export class FakeStorage {
  readonly values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }

  removeItem(key: string): void {
    this.values.delete(key);
  }
}

export const ACCESS: AcsMessaging = {
  kind: "acs",
  endpoint: "https://acs.example",
  userId: "8:acs:visitor",
  token: "first",
  tokenExpiresOn: "2026-03-02T11:00:00Z",
  threadId: "19:thread@thread.v2",
};

/** A message as ACS lists it. */
export function acsMessage(sequence: number, change: object = {}): Record<string, unknown> {
  const createdOn = new Date(Date.parse("2026-03-02T10:00:00Z") + sequence * 1000).toISOString();
  return {
    id: `m${sequence}`,
    type: "text",
    sequenceId: String(sequence),
    version: "1",
    createdOn,
    content: { message: `text ${sequence}` },
    senderDisplayName: "Mario",
    senderCommunicationIdentifier: { rawId: "8:acs:relay" },
    metadata: { kind: "agent" },
    ...change,
  };
}

export function threadMessage(sequence: number, change: Partial<ThreadMessage> = {}): ThreadMessage {
  return {
    id: `m${sequence}`,
    sequence,
    version: "1",
    createdOn: new Date(sequence * 1000).toISOString(),
    text: `text ${sequence}`,
    senderId: "8:acs:relay",
    senderName: "Mario",
    kind: "agent",
    shown: true,
    ...change,
  };
}

type SendOutcome = "taken" | "taken, answer lost" | "lost" | TransportError;

/** A thread in memory; each send follows the next of `outcomes`, or is taken. */
export class FakeTransport implements Transport {
  readonly userId = "8:acs:visitor";
  readonly thread: ThreadMessage[] = [];
  messages: readonly ThreadMessage[] = [];
  outcomes: SendOutcome[] = [];
  readFaults: TransportError[] = [];
  sends = 0;
  reads = 0;

  read(): Promise<boolean> {
    this.reads += 1;
    const fault = this.readFaults.shift();
    if (fault) return Promise.reject(fault);
    this.messages = [...this.thread];
    return Promise.resolve(true);
  }

  send({ clientMessageId, text }: OutgoingMessage): Promise<void> {
    this.sends += 1;
    const outcome = this.outcomes.shift() ?? "taken";
    if (outcome instanceof TransportError) return Promise.reject(outcome);
    if (outcome !== "lost") {
      this.thread.push(threadMessage(this.thread.length + 1, { clientMessageId, text, senderId: this.userId }));
    }
    return outcome === "taken" ? Promise.resolve() : Promise.reject(new TransportError("unknown"));
  }
}

/** Lets everything that waits for nothing but promises happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}
