import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";

const RECORD = "\u001e";

/** A SignalR hub that knows its users by the access token and can only nudge them. */
export class FakeHub {
  private readonly sockets = new Map<WebSocket, string>();
  private readonly server = new WebSocketServer({ noServer: true });
  /** An outage: nobody gets in. */
  refusing = false;
  /** How many connections were made. */
  connections = 0;

  negotiate(response: ServerResponse): void {
    if (this.refusing) {
      response.writeHead(503).end();
      return;
    }
    const id = randomUUID();
    const availableTransports = [{ transport: "WebSockets", transferFormats: ["Text"] }];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ connectionId: id, connectionToken: id, negotiateVersion: 1, availableTransports }));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const user = new URL(request.url ?? "/", "http://hub.invalid").searchParams.get("access_token") ?? "";
    this.server.handleUpgrade(request, socket, head, (connection) => {
      connection.once("message", () => {
        connection.send(`{}${RECORD}`);
        this.sockets.set(connection, user);
        this.connections += 1;
      });
      connection.on("close", () => this.sockets.delete(connection));
    });
  }

  nudge(sessionId: string, more: { typing?: boolean } = {}): void {
    this.invoke(sessionId, "nudge", { sessionId, ...more });
  }

  /** Calls `target` on all connections of a user. */
  invoke(user: string, target: string, argument: object): void {
    const message = JSON.stringify({ type: 1, target, arguments: [argument] }) + RECORD;
    for (const [socket, of] of this.sockets)
      if (of === user && socket.readyState === WebSocket.OPEN) socket.send(message);
  }

  get connected(): number {
    return this.sockets.size;
  }

  /** Cuts every connection off. */
  drop(): void {
    for (const socket of this.sockets.keys()) socket.terminate();
  }

  close(): void {
    this.drop();
    this.server.close();
  }
}
