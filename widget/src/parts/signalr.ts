/** The little of SignalR that the widget needs: JSON over a WebSocket, and what the server says there. */
import type { RealtimeAccess } from "../chat/api";

export interface Connection {
  /** Resolves when the connection is lost or closed. */
  readonly closed: Promise<void>;
  stop(): void;
}

/** What is done when the server calls a target; it gets the first argument. */
export type Listeners = Readonly<Record<string, (argument: unknown) => void>>;

interface Negotiation {
  readonly error?: string;
  readonly url?: string;
  readonly accessToken?: string;
  readonly connectionId?: string;
  readonly connectionToken?: string;
}

interface ServerMessage {
  readonly type?: number;
  readonly error?: string;
  readonly target?: string;
  readonly arguments?: readonly unknown[];
}

/** Ends every message of the JSON hub protocol. */
const RECORD = "\u001e";
const INVOCATION = 1;
const PING = JSON.stringify({ type: 6 }) + RECORD;
const CLOSE = 7;
const HANDSHAKE = JSON.stringify({ protocol: "json", version: 1 }) + RECORD;

/** SignalR's own defaults: a ping every 15 s in both directions, and gone after 30 s of silence. */
const PING_MS = 15_000;
const SILENCE_MS = 30_000;
const NEGOTIATION_MS = 15_000;
const MOST_REDIRECTS = 5;

/** Connects to the hub; raises an Error where that cannot be done. */
export async function connect(access: RealtimeAccess, listeners: Listeners): Promise<Connection> {
  const socket = new WebSocket(await negotiate(access));
  return new Promise((resolve, reject) => {
    let lost: () => void;
    let silence: ReturnType<typeof setTimeout>;
    let greeted = false;
    const closed = new Promise<void>((settle) => (lost = settle));
    const pings = setInterval(() => greeted && socket.send(PING), PING_MS);
    const stop = (): void => {
      clearInterval(pings);
      clearTimeout(silence);
      socket.onmessage = null;
      socket.close();
      // Where the network is gone the socket itself would take long to notice.
      lost();
      reject(new Error("no connection to the hub"));
    };
    const hear = (): void => {
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MS);
    };
    const heed = (message: ServerMessage): void => {
      if (message.error || message.type === CLOSE) stop();
      else if (!greeted) {
        greeted = true;
        resolve({ closed, stop });
      } else if (message.type === INVOCATION) listeners[message.target ?? ""]?.(message.arguments?.[0]);
    };
    hear();
    socket.onopen = () => socket.send(HANDSHAKE);
    socket.onclose = socket.onerror = stop;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      hear();
      for (const record of String(data).split(RECORD).slice(0, -1)) {
        const message = parsed(record);
        if (message) heed(message);
        else stop();
      }
    };
  });
}

/** The WebSocket's address; the hub may send us on to another server. */
async function negotiate({ url, accessToken }: RealtimeAccess, redirects = 0): Promise<string> {
  const address = new URL(url);
  const path = address.pathname.replace(/\/?$/, "");
  address.pathname = `${path}/negotiate`;
  address.searchParams.set("negotiateVersion", "1");
  const response = await fetch(address, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}` },
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(NEGOTIATION_MS),
  });
  if (!response.ok) throw new Error(`the hub answered ${response.status}`);
  const answer = (await response.json()) as Negotiation;
  if (answer.url && redirects < MOST_REDIRECTS) {
    return negotiate({ url: answer.url, accessToken: answer.accessToken ?? accessToken }, redirects + 1);
  }
  const id = answer.connectionToken ?? answer.connectionId;
  if (answer.error || !id) throw new Error("the hub refused");
  const socket = new URL(url);
  socket.protocol = socket.protocol.replace("http", "ws");
  socket.searchParams.set("id", id);
  // Browsers cannot send a header with a WebSocket; SignalR defines this parameter for it.
  socket.searchParams.set("access_token", accessToken);
  return socket.href;
}

function parsed(record: string): ServerMessage | undefined {
  try {
    const message: unknown = JSON.parse(record);
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
