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
import { FakeApi, WATCHERS, type ApiOptions, type Fault, type LeftMessage, type Operation } from "./fake-api";
import { RELAY, type FakeSession } from "./fake-session";

export const WIDGET_KEY = "724013900486264105649c116394";
export const SERVICE_ID = "176d0212-1300-4081-a566-e162448a3f4c";
export const USER_ID = "89434240-776a-4d90-ba76-085f17ca1626";

interface Options extends ApiOptions {
  /** Folder of the built widget. */
  readonly dist: string;
}

export interface FakePage {
  html: string;
  headers?: Record<string, string>;
}

export class FakeServer {
  readonly requests: {
    method: string;
    path: string;
    origin: string | undefined;
    headers: IncomingMessage["headers"];
  }[] = [];
  readonly pages = new Map<string, FakePage>();
  readonly hub = new FakeHub();
  private readonly api: FakeApi;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  constructor(private readonly options: Options) {
    this.api = new FakeApi(options, this.hub, () => this.origin);
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
    this.api.fail(operation, faults);
  }

  get sessions(): Map<string, FakeSession> {
    return this.api.sessions;
  }

  /** The session that was started last. */
  get session(): FakeSession {
    const last = [...this.sessions.values()].at(-1);
    if (!last) throw new Error("no session was started");
    return last;
  }

  /** The tenant wants visitors to agree to another text. */
  changesNotice(text: string): void {
    this.api.consent = text;
  }

  /** The contact's state changes; `push` tells those who watch by a connection. */
  setPresence(state: string, push = true): void {
    this.api.presence = state;
    if (push) this.hub.invoke(WATCHERS, "presence", { state, at: new Date().toISOString() });
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
    this.systemSays(text, "ended", session);
    session.state = "ended";
  }

  /** Texts of the thread that the visitor sent. */
  visitorTexts(session = this.session): string[] {
    return session.messages
      .filter((message) => message.senderCommunicationIdentifier.rawId === session.userId && message.type === "text")
      .map((message) => message.content?.message ?? "");
  }

  /** The agent writes, and has not sent anything. */
  agentTypes(session = this.session): void {
    this.hub.nudge(session.id, { typing: true });
  }

  /** The agent has read everything so far. */
  agentReads(session = this.session): void {
    session.readUntil = new Date().toISOString();
    this.hub.nudge(session.id);
  }

  /** Messages that were left where nobody was there. */
  get left(): readonly LeftMessage[] {
    return [...this.api.left.values()];
  }

  private post(session: FakeSession, text: string, name: string, metadata: Record<string, string>): void {
    session.append("text", text, RELAY, name, { effectId: randomUUID(), ...metadata });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    const method = request.method ?? "GET";
    response.setHeader("access-control-allow-origin", "*");
    if (method === "OPTIONS") {
      response.setHeader("access-control-allow-methods", "GET, POST");
      response.setHeader(
        "access-control-allow-headers",
        "authorization, content-type, x-requested-with, x-signalr-user-agent",
      );
      response.writeHead(204).end();
      return;
    }
    this.requests.push({
      method,
      path: url.pathname + url.search,
      origin: request.headers.origin,
      headers: request.headers,
    });
    const body = await readBody(request);
    if (url.pathname.startsWith("/client")) this.hub.negotiate(response);
    else if (url.pathname.startsWith("/api/widget/v1/")) this.api.widget({ url, request, response, body });
    else if (url.pathname.startsWith("/chat/threads/")) this.api.chat({ url, request, response, body });
    else await this.file(url.pathname, response);
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
    response
      .writeHead(200, { "content-type": `${types[path.extname(file)] ?? "application/octet-stream"}; charset=utf-8` })
      .end(content);
  }
}

export async function startFakeServer(options: Options, port = 0): Promise<FakeServer> {
  const server = new FakeServer(options);
  await server.listen(port);
  return server;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
