import type { ContactReference } from "../shared/options";
import { ApiError, CODES, type Code } from "./errors";

export interface Contact {
  readonly kind: "service" | "user";
  readonly id: string;
  readonly displayName: string;
  /** The tenant's language, for visitors whose own there are no texts in. */
  readonly language?: string;
  readonly widget?: WidgetSettings;
}

/** What the tenant has set for its widgets. */
export interface WidgetSettings {
  /** The notice, in the best language, that the visitor has to agree to before the first message. */
  readonly consent: string | null;
  /** Names the notice's text; goes back with the form of whoever has agreed to it. */
  readonly consentDigest?: string | null;
  readonly transcript: boolean;
  readonly offlineForm: boolean;
  readonly sound: boolean;
  readonly accessTokenRequired: boolean;
  readonly challenge: { readonly kind: "turnstile" | "hcaptcha"; readonly siteKey: string } | null;
}

export interface AcsMessaging {
  readonly kind: "acs";
  readonly endpoint: string;
  readonly userId: string;
  readonly token: string;
  readonly tokenExpiresOn: string;
  readonly threadId: string;
}

/** The thread is in the deployment's own store. */
export interface NativeMessaging {
  readonly kind: "native";
  readonly userId: string;
}

export interface PlainMessage {
  readonly id: string;
  readonly sequence: number;
  readonly createdOn: string;
  readonly senderId: string;
  readonly senderName: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One session's thread, where it does not go through ACS. */
export interface NativeThread {
  messages(after: number): Promise<{ readonly messages: readonly PlainMessage[] }>;
  post(clientMessageId: string, text: string): Promise<object>;
}

export type Messaging = AcsMessaging | NativeMessaging;

export interface RealtimeAccess {
  readonly url: string;
  readonly accessToken: string;
}

/** What one running session may use for a while. */
export interface Access {
  readonly messaging: Messaging;
  readonly realtime?: RealtimeAccess;
}

export interface StartedSession extends Access {
  readonly sessionId: string;
  readonly sessionToken: string;
  readonly recoverUntil: string;
  readonly state: SessionState;
}

export type SessionState = "waiting" | "connected" | "ended";

export interface SessionStatus {
  readonly state: SessionState;
  readonly displayName: string;
  readonly agentDisplayName?: string;
  readonly startedAt: string;
  readonly recoverUntil: string;
  readonly queue?: QueuePlace | null;
  /** ISO time up to which the agent has read the visitor's messages. */
  readonly readUntil?: string | null;
}

/** Where the session stands in the queue, from 1; the expected wait in seconds, where one can be told. */
export interface QueuePlace {
  readonly position: number;
  readonly expectedWait: number | null;
}

/** A message without a conversation; repeated with its key it is the same message. */
export type LeftMessage = Omit<StartRequest, "parameters">;

export interface StartRequest {
  readonly idempotencyKey: string;
  readonly customer: { readonly displayName: string; readonly email: string };
  readonly message: string;
  readonly language: string;
  readonly accessToken?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly challengeToken?: string;
  /** The digest of the notice that the visitor has agreed to. */
  readonly consent?: string;
}

/** A session and the proof that it is this browser's. */
export interface SessionKey {
  readonly sessionId: string;
  readonly sessionToken: string;
}

interface Sent {
  readonly key?: SessionKey;
  readonly body?: unknown;
  readonly keepalive?: boolean;
  /** Whether it asks to be let in. */
  readonly entering?: boolean;
}

const TIMEOUT_MS = 20_000;
/** Browsers let at most 64 kB of requests outlive a page. */
const KEEPALIVE_LENGTH = 4_000;

/** The widget API of the deployment; every method raises ApiError. */
export class WidgetApi {
  constructor(
    private readonly base: string,
    private readonly fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
    /** Of a preview link; lets the deployment's own preview page in. */
    private readonly previewPass?: string,
  ) {}

  contact(widgetKey: string, contact: ContactReference, language: string): Promise<Contact> {
    const query = new URLSearchParams({ widgetKey, [idProperty(contact)]: contact.id, language });
    return this.call("GET", `contact?${query}`, { entering: true });
  }

  start(widgetKey: string, contact: ContactReference, request: StartRequest): Promise<StartedSession> {
    const body = { widgetKey, [idProperty(contact)]: contact.id, modality: "instantMessaging", ...request };
    return this.call("POST", "sessions", { body, entering: true });
  }

  /** For the service's members, where nobody is there now. */
  leave(widgetKey: string, contact: ContactReference, message: LeftMessage): Promise<unknown> {
    return this.call("POST", "messages", { body: { widgetKey, [idProperty(contact)]: contact.id, ...message } });
  }

  status(key: SessionKey): Promise<SessionStatus> {
    return this.call("GET", path(key), { key });
  }

  access(key: SessionKey): Promise<Access> {
    return this.call("POST", `${path(key)}/token`, { key });
  }

  /** `leaving` is sent while the page goes away, so it outlives the page. `lastMessage`, should nobody have told of it. */
  heartbeat(key: SessionKey, leaving: boolean, lastMessage?: string): Promise<{ readonly recoverUntil: string }> {
    return this.call("POST", `${path(key)}/heartbeat`, { key, body: { leaving, lastMessage }, keepalive: leaving });
  }

  /** Custom parameters that became known while the conversation runs. */
  parameters(key: SessionKey, parameters: Readonly<Record<string, string>>): Promise<object> {
    return this.call("POST", `${path(key)}/parameters`, { key, body: { parameters } });
  }

  thread(key: SessionKey): NativeThread {
    const route = `${path(key)}/messages`;
    return {
      messages: (after) => this.call("GET", `${route}?after=${after}`, { key }),
      post: (clientMessageId, text) =>
        this.call("POST", route, { key, body: { clientMessageId, text }, keepalive: text.length < KEEPALIVE_LENGTH }),
    };
  }

  typing(key: SessionKey): Promise<unknown> {
    return this.call("POST", `${path(key)}/typing`, { key });
  }

  end(key: SessionKey): Promise<{ readonly state: SessionState }> {
    return this.call("POST", `${path(key)}/end`, { key });
  }

  private async call<Answer>(
    method: string,
    route: string,
    { key, body, keepalive = false, entering = false }: Sent = {},
  ): Promise<Answer> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (entering && this.previewPass) headers["interact-preview"] = this.previewPass;
    if (key) headers["authorization"] = `Bearer ${key.sessionToken}`;
    if (method === "POST") headers["content-type"] = "application/json";
    let response: Response;
    try {
      response = await this.fetch(`${this.base.replace(/\/$/, "")}/${route}`, {
        method,
        headers,
        keepalive,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "strict-origin-when-cross-origin",
        ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
        ...(keepalive ? {} : { signal: AbortSignal.timeout(TIMEOUT_MS) }),
      });
    } catch {
      throw new ApiError("try_again", 0);
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw problem(response, answer);
    // An empty or broken body of a 2xx is a fault on the way.
    if (typeof answer !== "object" || answer === null) throw new ApiError("try_again", response.status);
    return answer as Answer;
  }
}

function idProperty(contact: ContactReference): string {
  return contact.kind === "service" ? "serviceId" : "contactId";
}

function path(key: SessionKey): string {
  return `sessions/${encodeURIComponent(key.sessionId)}`;
}

let told = false;

/** Tells the page's developers, once, how an administrator finds out why it was refused. */
function tellDevelopers(diagnosis: string): void {
  // eslint-disable-next-line no-console -- the id is for people who build the page; visitors are told in the panel
  if (!told) console.warn(`Interact: refused. Administrators find out why: interact diagnose --id ${diagnosis}`);
  told = true;
}

function problem(response: Response, body: unknown): ApiError {
  const { code, retryAfter, field, diagnosis } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof diagnosis === "string") tellDevelopers(diagnosis);
  const known = CODES.find((candidate) => candidate === code);
  const wait = Number(retryAfter ?? response.headers.get("retry-after") ?? NaN);
  return new ApiError(
    known ?? fallback(response.status),
    response.status,
    wait > 0 ? wait : undefined,
    typeof field === "string" ? field : undefined,
  );
}

function fallback(status: number): Code {
  if (status === 429) return "busy";
  if (status === 410) return "ended";
  if (status === 400 || status === 422 || status === 413) return "invalid";
  return status === 401 || status === 403 || status === 404 ? "not_allowed" : "try_again";
}
