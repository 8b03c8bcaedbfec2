import type { AcsMessaging } from "../api";
import type { Credentials } from "../credentials";
import { ApiError, TransportError } from "../errors";
import { parseMessage } from "./acs-message";
import { Timeline } from "./timeline";
import type { OutgoingMessage, ThreadMessage, Transport } from "./transport";

const API_VERSION = "2024-03-07";
const PAGE_SIZE = 100;
const MOST_PAGES = 50;
const TIMEOUT_MS = 15_000;
/** Where the service names no wait: its windows are 10 s and 1 min long. */
const DEFAULT_WAIT_S = 10;
/** Browsers let at most 64 kB of requests outlive a page. */
const KEEPALIVE_BYTES = 16_000;

interface Page {
  readonly value?: unknown;
  readonly nextLink?: unknown;
}

/** Azure Communication Services Chat by its REST interface, with the visitor's own token. */
export class AcsTransport implements Transport {
  private readonly timeline = new Timeline();

  constructor(
    private readonly credentials: Pick<Credentials, "messaging" | "renew">,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  get messages(): readonly ThreadMessage[] {
    return this.timeline.messages;
  }

  get userId(): string {
    return this.acs.userId;
  }

  async read(): Promise<boolean> {
    const floor = this.timeline.floor;
    const query = new URLSearchParams({ maxPageSize: String(PAGE_SIZE), "api-version": API_VERSION });
    if (floor) query.set("startTime", floor.createdOn);
    const found: ThreadMessage[] = [];
    let address: string | undefined = `${this.thread}/messages?${query}`;
    for (let pages = 0; address !== undefined && pages < MOST_PAGES; pages++) {
      const page = (await this.request("GET", address)) as Page;
      const messages = (Array.isArray(page.value) ? page.value : [])
        .map(parseMessage)
        .filter((message) => message !== undefined);
      found.push(...messages);
      const reached = floor !== undefined && messages.some((message) => message.sequence < floor.sequence);
      address = reached ? undefined : next(page);
    }
    // Only a complete read is taken over: half of it would look as if nothing were missing.
    return this.timeline.add(found);
  }

  async send({ clientMessageId, text, senderName }: OutgoingMessage): Promise<void> {
    await this.request("POST", `${this.thread}/messages?api-version=${API_VERSION}`, {
      content: text,
      type: "text",
      ...(senderName ? { senderDisplayName: senderName } : {}),
      metadata: { clientMessageId },
    });
  }

  private get acs(): AcsMessaging {
    const messaging = this.credentials.messaging;
    if (messaging.kind !== "acs") throw new TransportError("gone");
    return messaging;
  }

  private get thread(): string {
    return `/chat/threads/${encodeURIComponent(this.acs.threadId)}`;
  }

  private async request(method: "GET" | "POST", address: string, body?: object): Promise<unknown> {
    const json = body && JSON.stringify(body);
    for (let renewed = false; ; renewed = true) {
      const { acs } = this;
      const response = await this.attempt(acs.endpoint.replace(/\/$/, "") + address, {
        method,
        headers: { authorization: `Bearer ${acs.token}`, ...(json ? { "content-type": "application/json" } : {}) },
        // A message that was sent just before the visitor followed a link still arrives.
        ...(json ? { body: json, keepalive: json.length < KEEPALIVE_BYTES } : {}),
      });
      if (response.status === 401 && !renewed) {
        await this.renew(acs);
        continue;
      }
      if (!response.ok) throw refusal(response);
      if (method === "POST") return undefined;
      return response.json().catch(() => {
        throw new TransportError("unknown");
      });
    }
  }

  private async attempt(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(url, {
        ...init,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new TransportError("unknown");
    }
  }

  private async renew(refused: AcsMessaging): Promise<void> {
    try {
      await this.credentials.renew(refused);
    } catch (error) {
      // Only a clear "no" of our API speaks of the session; everything else may pass.
      const passing = error instanceof ApiError && (error.code === "try_again" || error.code === "busy");
      throw new TransportError(passing ? "unknown" : "gone");
    }
  }
}

/** The next page's path and query; never its host, so that the token goes nowhere else. */
function next(page: Page): string | undefined {
  if (typeof page.nextLink !== "string" || page.nextLink === "") return undefined;
  const { pathname, search } = new URL(page.nextLink, "https://thread.invalid");
  return pathname + search;
}

function refusal(response: Response): TransportError {
  switch (response.status) {
    case 429:
      return new TransportError("throttled", Number(response.headers.get("retry-after")) || DEFAULT_WAIT_S);
    case 401:
    case 403:
    case 404:
      return new TransportError("gone");
    case 400:
    case 413:
      return new TransportError("refused");
    default:
      return new TransportError("unknown");
  }
}
