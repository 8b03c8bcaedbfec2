/**
 * What the widget needs from the other side, on loopback: the widget API, ACS chat by REST, a SignalR hub, static files and
 * host pages. Everything is in memory; tests speak through the object that `startFakeServer` returns.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { FakeHub } from "./fake-hub";

export const WIDGET_KEY = "724013900486264105649c116394";
export const SERVICE_ID = "176d0212-1300-4081-a566-e162448a3f4c";
export const USER_ID = "89434240-776a-4d90-ba76-085f17ca1626";
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

export interface FakeSession {
  id: string;
  sessionToken: string;
  state: "waiting" | "connected" | "ended";
  agent: string | undefined;
  startedAt: string;
  threadId: string;
  userId: string;
  /** As with the real service, a new token leaves the older ones valid. */
  tokens: Set<string>;
  messages: FakeMessage[];
  heartbeats: { leaving: boolean }[];
  request: { customer: { displayName: string; email: string }; message: string; idempotencyKey: string };
}

type Operation = "contact" | "start" | "status" | "token" | "heartbeat" | "end" | "list" | "send";
/** What happens to one request: refused with this status, lost before it is heeded, or its answer lost after it was. */
type Fault = { status: number; code?: string; retryAfter?: number; field?: string } | "lost" | "unanswered";

interface Options {
  /** Folder of the built widget. */
  dist: string;
  realtime?: boolean;
  recoverSeconds?: number;
  /** Whether the server posts the visitor's first message into the thread. */
  postsOpening?: boolean;
}

export interface FakePage {
  html: string;
  headers?: Record<string, string>;
}

export class FakeServer {
  readonly sessions = new Map<string, FakeSession>();
  readonly requests: { method: string; path: string; origin: string | undefined; headers: IncomingMessage["headers"] }[] = [];
  readonly pages = new Map<string, FakePage>();
  readonly hub = new FakeHub();
  private readonly faults = new Map<Operation, Fault[]>();
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  constructor(readonly options: Options) {
    this.server.on("upgrade", (request, socket, head) => {
      this.hub.upgrade(request, socket, head);
    });
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    this.hub.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The deployment's own origin. */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Another origin, for host pages: the widget is embedded across origins. */
  get hostOrigin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Lets the next requests of a kind fail, one fault each. */
  fail(operation: Operation, ...faults: Fault[]): void {
    this.faults.set(operation, [...(this.faults.get(operation) ?? []), ...faults]);
  }

  get session(): FakeSession {
    const last = [...this.sessions.values()].at(-1);
    if (!last) throw new Error("no session was started");
    return last;
  }

  agentJoins(agent: string, session = this.session): void {
    session.state = "connected";
    session.agent = agent;
    this.post(session, `${agent} joined the conversation`, "Lunifico Support", { kind: "system", event: "connected" });
  }

  agentSays(text: string, session = this.session): void {
    this.post(session, text, session.agent ?? "Mario", { kind: "agent" });
  }

  systemSays(text: string, event?: string, session = this.session): void {
    this.post(session, text, "Lunifico Support", { kind: "system", ...(event ? { event } : {}) });
  }

  endSession(session = this.session, text = "Thank you for contacting us. Goodbye!"): void {
    session.state = "ended";
    this.post(session, text, "Lunifico Support", { kind: "system", event: "ended" });
  }

  /** Texts of the thread that the visitor sent. */
  visitorTexts(session = this.session): string[] {
    return session.messages
      .filter((message) => message.senderCommunicationIdentifier.rawId === session.userId && message.type === "text")
      .map((message) => message.content?.message ?? "");
  }

  private post(session: FakeSession, text: string, name: string, metadata: Record<string, string>): void {
    this.append(session, "text", text, "8:acs:relay", name, { effectId: randomUUID(), ...metadata });
  }

  private append(session: FakeSession, type: string, text: string, sender: string, name: string, metadata: Record<string, string>): string {
    const sequence = session.messages.length + 1;
    const id = String(Date.now() * 1000 + sequence);
    session.messages.push({
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
    this.hub.nudge(session.id);
    return id;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    const method = request.method ?? "GET";
    const call = `${method} ${url.pathname}`;
    response.setHeader("access-control-allow-origin", "*");
    if (method === "OPTIONS") {
      response.setHeader("access-control-allow-methods", "GET, POST");
      response.setHeader("access-control-allow-headers", "authorization, content-type, x-requested-with, x-signalr-user-agent");
      response.writeHead(204).end();
      return;
    }
    this.requests.push({ method, path: url.pathname + url.search, origin: request.headers.origin, headers: request.headers });
    const body = await readBody(request);
    if (url.pathname.startsWith("/client")) this.hub.negotiate(response);
    else if (url.pathname.startsWith("/api/widget/v1/")) this.widgetApi(call.replace("/api/widget/v1/", ""), url, request, response, body);
    else if (url.pathname.startsWith("/chat/threads/")) this.chat(url, request, response, body);
    else await this.file(url.pathname, response);
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

  private widgetApi(call: string, url: URL, request: IncomingMessage, response: ServerResponse, body: string): void {
    if (call === "GET contact") {
      if (this.faulty("contact", response)) return;
      const kind = url.searchParams.has("serviceId") ? "service" : "user";
      const displayName = kind === "service" ? "Lunifico Support" : "Mario Rossi";
      json(response, 200, { kind, id: url.searchParams.get("serviceId") ?? url.searchParams.get("contactId"), displayName, modalities: ["instantMessaging"], language: "en" });
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
    const { state, agent, startedAt } = session;
    if (operation === "status") {
      json(response, 200, { sessionId: session.id, state, displayName: "Lunifico Support", agentDisplayName: agent, startedAt, recoverUntil: this.recoverUntil() });
    } else if (state === "ended") {
      json(response, 410, { status: 410, code: "ended" });
    } else if (operation === "token") {
      json(response, 200, this.access(session));
    } else if (operation === "heartbeat") {
      session.heartbeats.push(JSON.parse(body) as { leaving: boolean });
      json(response, 200, { recoverUntil: this.recoverUntil() });
    } else {
      this.endSession(session, "");
      json(response, 200, { state: "ended" });
    }
  }

  private start(response: ServerResponse, body: string): void {
    const fault = this.faulty("start", response);
    if (fault === "dealt") return;
    const request = JSON.parse(body) as FakeSession["request"];
    let session = [...this.sessions.values()].find((known) => known.request.idempotencyKey === request.idempotencyKey);
    if (!session) {
      const id = randomUUID();
      session = {
        id,
        sessionToken: `session-${randomUUID()}`,
        state: "waiting",
        agent: undefined,
        startedAt: new Date().toISOString(),
        threadId: `19:${id.replaceAll("-", "")}@thread.v2`,
        userId: `8:acs:visitor_${id}`,
        tokens: new Set(),
        messages: [],
        heartbeats: [],
        request,
      };
      this.sessions.set(id, session);
      this.append(session, "participantAdded", "", "8:acs:relay", "", {});
      if (this.options.postsOpening) this.append(session, "text", request.message, session.userId, request.customer.displayName, { clientMessageId: request.idempotencyKey });
    }
    if (fault === "unanswered") {
      lose(response);
      return;
    }
    json(response, 201, { sessionId: session.id, sessionToken: session.sessionToken, recoverUntil: this.recoverUntil(), state: session.state, ...this.access(session) });
  }

  private access(session: FakeSession): object {
    const token = `token-${randomUUID()}`;
    session.tokens.add(token);
    const messaging = { kind: "acs", endpoint: this.origin, userId: session.userId, token, tokenExpiresOn: this.recoverUntil(), threadId: session.threadId };
    const realtime = { url: `${this.origin}/client/?hub=interact`, accessToken: session.id };
    return this.options.realtime ? { messaging, realtime } : { messaging };
  }

  private recoverUntil(): string {
    return new Date(Date.now() + (this.options.recoverSeconds ?? 600) * 1000).toISOString();
  }

  private chat(url: URL, request: IncomingMessage, response: ServerResponse, body: string): void {
    const threadId = decodeURIComponent(url.pathname.split("/")[3] ?? "");
    const session = [...this.sessions.values()].find((known) => known.threadId === threadId);
    const fault = this.faulty(request.method === "GET" ? "list" : "send", response);
    if (fault === "dealt") return;
    if (!session || session.state === "ended") {
      json(response, 403, { error: { code: "Forbidden", message: "not a member" } });
    } else if (!session.tokens.has((request.headers.authorization ?? "").replace("Bearer ", ""))) {
      json(response, 401, { error: { code: "Unauthorized", message: "denied" } });
    } else if (request.method === "GET") {
      this.list(session, url, response);
    } else {
      const { content, senderDisplayName = "", metadata } = JSON.parse(body) as { content: string; senderDisplayName?: string; metadata: Record<string, string> };
      const id = this.append(session, "text", content, session.userId, senderDisplayName, metadata);
      if (fault === "unanswered") lose(response);
      else json(response, 201, { id });
    }
  }

  private list(session: FakeSession, url: URL, response: ServerResponse): void {
    const since = url.searchParams.get("startTime") ?? "";
    const size = Math.min(PAGE_SIZE, Number(url.searchParams.get("maxPageSize") ?? PAGE_SIZE));
    const skip = Number(url.searchParams.get("skip") ?? 0);
    const newestFirst = session.messages.filter((message) => message.createdOn >= since).reverse();
    url.searchParams.set("skip", String(skip + size));
    const nextLink = skip + size < newestFirst.length ? { nextLink: url.href } : {};
    json(response, 200, { value: newestFirst.slice(skip, skip + size), ...nextLink });
  }

  private async file(pathname: string, response: ServerResponse): Promise<void> {
    const page = this.pages.get(pathname);
    if (page) {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers }).end(page.html);
      return;
    }
    const name = /^\/(?:widget|preview)\//.test(pathname) ? pathname.replace("/widget/", "/") : undefined;
    const file = name && path.join(this.options.dist, path.normalize(name));
    const content = file?.startsWith(this.options.dist) ? await readFile(file).catch(() => undefined) : undefined;
    if (!file || !content) {
      response.writeHead(pathname === "/favicon.ico" ? 204 : 404).end();
      return;
    }
    const types: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html" };
    response.writeHead(200, { "content-type": `${types[path.extname(file)] ?? "application/octet-stream"}; charset=utf-8` }).end(content);
  }
}

export async function startFakeServer(options: Options, port = 0): Promise<FakeServer> {
  const server = new FakeServer(options);
  await server.listen(port);
  return server;
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
