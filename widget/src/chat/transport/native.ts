import type { NativeMessaging, NativeThread } from "../api";
import { ApiError, TransportError } from "../errors";
import { parsePlainMessage } from "./plain-message";
import { Timeline } from "./timeline";
import type { OutgoingMessage, ThreadMessage, Transport } from "./transport";

const DEFAULT_WAIT_S = 5;

/** The session's thread in the deployment's own store, for tenants without ACS Chat. */
export class NativeTransport implements Transport {
  private readonly timeline = new Timeline();

  constructor(
    private readonly messaging: NativeMessaging,
    private readonly thread: NativeThread,
  ) {}

  get messages(): readonly ThreadMessage[] {
    return this.timeline.messages;
  }

  get userId(): string {
    return this.messaging.userId;
  }

  async read(): Promise<boolean> {
    const { messages } = await asTransport(this.thread.messages(this.timeline.floor?.sequence ?? 0));
    return this.timeline.add(messages.map(parsePlainMessage));
  }

  async send({ clientMessageId, text }: OutgoingMessage): Promise<void> {
    await asTransport(this.thread.post(clientMessageId, text));
  }
}

async function asTransport<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "busy") throw new TransportError("throttled", error.retryAfter ?? DEFAULT_WAIT_S);
    if (error.code === "invalid") throw new TransportError("refused");
    throw new TransportError(error.code === "try_again" ? "unknown" : "gone");
  }
}
