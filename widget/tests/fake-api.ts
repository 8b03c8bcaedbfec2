import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FakeHub } from "./fake-hub";
import { FakeSession, RELAY, type StartRequest } from "./fake-session";

export type Operation =
  | "contact"
  | "presence"
  | "start"
  | "leave"
  | "status"
  | "token"
  | "heartbeat"
  | "parameters"
  | "typing"
  | "end"
  | "list"
  | "send";
/** What happens to one request: refused with this status, lost before it is heeded, or its answer lost after it was. */
export type Fault = { status: number; code?: string; retryAfter?: number; field?: string } | "lost" | "unanswered";

export interface ApiOptions {
  readonly realtime?: boolean;
  readonly recoverSeconds?: number;
  /** Seconds after which widgets without push ask again whether the contact can be reached. */
  readonly checkAfter?: number;
  /** The tenant's. */
  readonly language?: string;
  /** What the tenant has set for its widgets, as far as a test is about it. */
  readonly widget?: Readonly<Record<string, unknown>>;
}

/** A message that was left where nobody was there. */
export interface LeftMessage {
  readonly customer: { readonly displayName: string; readonly email: string };
  readonly message: string;
  readonly idempotencyKey: string;
}

/** The hub's user that all are who watch a contact. */
export const WATCHERS = "watchers";

/** One request and where its answer goes. */
export interface Exchange {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

/** The widget API and ACS chat over sessions in memory. */
export class FakeApi {
  readonly sessions = new Map<string, FakeSession>();
  readonly left = new Map<string, LeftMessage>();
  /** Whether the contact can be reached. */
  presence = "available";
  private readonly faults = new Map<Operation, Fault[]>();

  constructor(
    private readonly options: ApiOptions,
    private readonly hub: FakeHub,
    private readonly origin: () => string,
  ) {
    this.consent = options.widget?.["consent"] as string | undefined;
  }

  fail(operation: Operation, faults: readonly Fault[]): void {
    this.faults.set(operation, [...(this.faults.get(operation) ?? []), ...faults]);
  }

  /** True where the request was dealt with by a fault; "unanswered" ones are heeded and then cut off. */
  private faulty(operation: Operation, response: ServerResponse): "dealt" | "unanswered" | undefined {
    const fault = this.faults.get(operation)?.shift();
    if (fault === undefined) return undefined;
    if (fault === "unanswered") return "unanswered";
    if (fault === "lost") lose(response);
    else {
      if (fault.retryAfter) response.setHeader("retry-after", String(fault.retryAfter));
      response.setHeader("access-control-expose-headers", "retry-after");
      const { status, ...rest } = fault;
      json(response, status, { type: "about:blank", title: "fault", status, code: "try_again", ...rest });
    }
    return "dealt";
  }

  /** What the tenant wants visitors to agree to now. */
  consent: string | undefined;

  private get notice(): { consent?: string; consentDigest?: string } {
    return this.consent ? { consent: this.consent, consentDigest: digestOf(this.consent) } : {};
  }

  /** The widget API of the deployment. */
  widget({ url, request, response, body }: Exchange): void {
    const call = `${request.method ?? ""} ${url.pathname.replace("/api/widget/v1/", "")}`;
    if (call === "GET contact") {
      if (this.faulty("contact", response)) return;
      const kind = url.searchParams.has("serviceId") ? "service" : "user";
      const displayName = kind === "service" ? "Lunifico Support" : "Mario Rossi";
      json(response, 200, {
        kind,
        id: url.searchParams.get("serviceId") ?? url.searchParams.get("contactId"),
        displayName,
        modalities: ["instantMessaging"],
        language: this.options.language ?? "en",
        widget: { ...this.options.widget, ...this.notice },
      });
      return;
    }
    if (call === "GET presence") {
      if (!this.faulty("presence", response)) json(response, 200, this.seen(url));
      return;
    }
    if (call === "POST messages") {
      this.leave(response, body);
      return;
    }
    if (call === "POST sessions") {
      this.start(response, body);
      return;
    }
    const [, id = "", action = ""] = /sessions\/([^/]+)\/?(\w*)/.exec(call) ?? [];
    const session = this.sessions.get(id);
    if (!session || request.headers.authorization !== `Bearer ${session.sessionToken}`) {
      json(response, 404, { status: 404, code: "ended" });
      return;
    }
    this.sessionCall(action, session, response, body);
  }

  private sessionCall(action: string, session: FakeSession, response: ServerResponse, body: string): void {
    const operation: Operation = action === "" ? "status" : (action as Operation);
    if (this.faulty(operation, response)) return;
    const { state, agent, startedAt, lastWords } = session;
    if (state === "ended" && lastWords) {
      session.append("text", lastWords, RELAY, "Lunifico Support", { kind: "system" });
      session.lastWords = "";
    }
    if (operation === "status") {
      json(response, 200, {
        sessionId: session.id,
        state,
        displayName: "Lunifico Support",
        agentDisplayName: agent,
        startedAt,
        recoverUntil: this.recoverUntil(),
        queue: state === "waiting" ? session.queue : null,
        readUntil: session.readUntil,
      });
    } else if (state === "ended") {
      json(response, 410, { status: 410, code: "ended" });
    } else if (operation === "token") {
      json(response, 200, this.access(session));
    } else if (operation === "typing") {
      session.typings += 1;
      json(response, 200, {});
    } else if (operation === "heartbeat") {
      session.heartbeats.push(JSON.parse(body) as { leaving: boolean });
      json(response, 200, { recoverUntil: this.recoverUntil() });
    } else if (operation === "parameters") {
      session.parameters.push((JSON.parse(body) as { parameters: Record<string, string> }).parameters);
      json(response, 200, {});
    } else {
      session.append("text", "", RELAY, "Lunifico Support", { kind: "system", event: "ended" });
      session.state = "ended";
      json(response, 200, { state: "ended" });
    }
  }

  /** The state of the contact, with access to push where it is wanted and there. */
  private seen({ searchParams }: URL): object {
    const { realtime, checkAfter = 10 } = this.options;
    const seen = { state: this.presence, at: new Date().toISOString() };
    if (!realtime || searchParams.get("subscription") === "poll") return { ...seen, checkAfter };
    const access = { url: `${this.origin()}/client/?hub=interact`, accessToken: WATCHERS };
    return { ...seen, checkAfter: 60, realtime: access };
  }

  private start(response: ServerResponse, body: string): void {
    const fault = this.faulty("start", response);
    if (fault === "dealt") return;
    const request = JSON.parse(body) as StartRequest;
    if (request.consent !== this.notice.consentDigest) {
      json(response, 400, { status: 400, code: "invalid", field: "consent" });
      return;
    }
    let session = [...this.sessions.values()].find((known) => known.request.idempotencyKey === request.idempotencyKey);
    if (!session) {
      const started = new FakeSession(request, () => this.hub.nudge(started.id));
      session = started;
      this.sessions.set(session.id, session);
      session.append("participantAdded", "", RELAY, "", {});
      session.append("text", request.message, session.userId, request.customer.displayName, {
        clientMessageId: request.idempotencyKey,
      });
    }
    if (fault === "unanswered") {
      lose(response);
      return;
    }
    json(response, 201, {
      sessionId: session.id,
      sessionToken: session.sessionToken,
      recoverUntil: this.recoverUntil(),
      state: session.state,
      ...this.access(session),
    });
  }

  private leave(response: ServerResponse, body: string): void {
    const fault = this.faulty("leave", response);
    if (fault === "dealt") return;
    const message = JSON.parse(body) as LeftMessage;
    this.left.set(message.idempotencyKey, message);
    if (fault === "unanswered") lose(response);
    else json(response, 202, {});
  }

  private access(session: FakeSession): object {
    const token = `token-${randomUUID()}`;
    session.tokens.add(token);
    const messaging = {
      kind: "acs",
      endpoint: this.origin(),
      userId: session.userId,
      token,
      tokenExpiresOn: this.recoverUntil(),
      threadId: session.threadId,
    };
    const realtime = { url: `${this.origin()}/client/?hub=interact`, accessToken: session.id };
    return this.options.realtime ? { messaging, realtime } : { messaging };
  }

  private recoverUntil(): string {
    return new Date(Date.now() + (this.options.recoverSeconds ?? 600) * 1000).toISOString();
  }

  /** ACS chat, as far as a visitor's token reaches. */
  chat({ url, request, response, body }: Exchange): void {
    const threadId = decodeURIComponent(url.pathname.split("/")[3] ?? "");
    const session = [...this.sessions.values()].find((known) => known.threadId === threadId);
    const fault = this.faulty(request.method === "GET" ? "list" : "send", response);
    if (fault === "dealt") return;
    if (!session || (session.state === "ended" && session.lastWords === undefined)) {
      json(response, 403, { error: { code: "Forbidden", message: "not a member" } });
    } else if (!session.tokens.has((request.headers.authorization ?? "").replace("Bearer ", ""))) {
      json(response, 401, { error: { code: "Unauthorized", message: "denied" } });
    } else if (request.method === "GET") {
      json(response, 200, session.page(url));
    } else {
      const {
        content,
        senderDisplayName = "",
        metadata,
      } = JSON.parse(body) as { content: string; senderDisplayName?: string; metadata: Record<string, string> };
      const id = session.append("text", content, session.userId, senderDisplayName, metadata);
      if (fault === "unanswered") lose(response);
      else json(response, 201, { id });
    }
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
  response.end(JSON.stringify(value));
}

/**
 * Lets the page's request fail as if the network had: an answer that the browser may not show. Closing the connection will
 * not do, because browsers then repeat a request by themselves.
 */
function lose(response: ServerResponse): void {
  response.removeHeader("access-control-allow-origin");
  response.writeHead(502).end();
}
