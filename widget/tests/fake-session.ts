import { randomUUID } from "node:crypto";

/** The identity that speaks for agents and system. */
export const RELAY = "8:acs:relay";
const PAGE_SIZE = 20;

export interface FakeMessage {
  id: string;
  type: string;
  sequenceId: string;
  version: string;
  createdOn: string;
  content: { message: string } | null;
  senderDisplayName: string;
  senderCommunicationIdentifier: { rawId: string; communicationUser: { id: string } };
  metadata: Record<string, string>;
}

export interface StartRequest {
  readonly customer: { readonly displayName: string; readonly email: string };
  readonly message: string;
  readonly idempotencyKey: string;
  readonly language?: string;
  readonly accessToken?: string;
  readonly challengeToken?: string;
  readonly consent?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** One session with its thread, as the server and ACS keep it. */
export class FakeSession {
  readonly id = randomUUID();
  readonly sessionToken = `session-${randomUUID()}`;
  readonly startedAt = new Date().toISOString();
  readonly threadId = `19:${this.id.replaceAll("-", "")}@thread.v2`;
  readonly userId = `8:acs:visitor_${this.id}`;
  /** As with the real service, a new token leaves the older ones valid. */
  readonly tokens = new Set<string>();
  readonly messages: FakeMessage[] = [];
  /** Custom parameters that came after the start. */
  readonly parameters: Record<string, string>[] = [];
  readonly heartbeats: { leaving: boolean }[] = [];
  state: "waiting" | "connected" | "ended" = "waiting";
  /** Said in the moment in which the page hears of the end; the thread can be read a little longer. */
  lastWords: string | undefined;
  agent: string | undefined;
  queue: { position: number; expectedWait: number | null } | null = null;
  readUntil: string | null = null;
  /** How often the customer was said to be writing. */
  typings = 0;

  constructor(
    readonly request: StartRequest,
    private readonly nudge: () => void,
  ) {}

  /** Puts a message into the thread and returns its id. */
  append(type: string, text: string, sender: string, name: string, metadata: Record<string, string>): string {
    const sequence = this.messages.length + 1;
    const id = String(Date.now() * 1000 + sequence);
    this.messages.push({
      id,
      type,
      sequenceId: String(sequence),
      version: id,
      createdOn: new Date().toISOString(),
      content: { message: text },
      senderDisplayName: name,
      senderCommunicationIdentifier: { rawId: sender, communicationUser: { id: sender } },
      metadata,
    });
    this.nudge();
    return id;
  }

  /** A page of the thread, newest first. */
  page(url: URL): { value: FakeMessage[]; nextLink?: string } {
    const since = url.searchParams.get("startTime") ?? "";
    const size = Math.min(PAGE_SIZE, Number(url.searchParams.get("maxPageSize") ?? PAGE_SIZE));
    const skip = Number(url.searchParams.get("skip") ?? 0);
    const newestFirst = this.messages.filter((message) => message.createdOn >= since).reverse();
    url.searchParams.set("skip", String(skip + size));
    const nextLink = skip + size < newestFirst.length ? { nextLink: url.href } : {};
    return { value: newestFirst.slice(skip, skip + size), ...nextLink };
  }
}
