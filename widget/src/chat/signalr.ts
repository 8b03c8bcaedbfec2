/** A chunk of its own: loaded once a session exists, and only where the server offers realtime. */
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { RealtimeAccess } from "./api";

export interface Connection {
  /** Resolves when the connection is lost or closed. */
  readonly closed: Promise<void>;
  stop(): void;
}

/** Connects to the hub; `onNudge` hears "the thread has something new". */
export async function connect({ url, accessToken }: RealtimeAccess, onNudge: () => void): Promise<Connection> {
  const connection = new HubConnectionBuilder()
    .withUrl(url, {
      accessTokenFactory: () => accessToken,
      transport: HttpTransportType.WebSockets,
      withCredentials: false,
    })
    .configureLogging(LogLevel.None)
    .build();
  connection.on("nudge", onNudge);
  const closed = new Promise<void>((resolve) => connection.onclose(() => resolve()));
  await connection.start();
  return { closed, stop: () => void connection.stop() };
}
