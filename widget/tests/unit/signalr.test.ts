import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { connect, type Connection } from "../../src/parts/signalr";
import { settled } from "./fakes";

const ACCESS = { url: "https://hub.example/client/?hub=interact", accessToken: "token" };
const RECORD = "\u001e";

/** The server's side of a WebSocket. */
class FakeSocket {
  static last: FakeSocket;
  readonly sent: string[] = [];
  closed = false;
  onopen?: () => void;
  onclose?: () => void;
  onerror?: () => void;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.last = this;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  hears(...messages: object[]): void {
    this.onmessage?.({ data: messages.map((message) => JSON.stringify(message) + RECORD).join("") });
  }
}

const asked: { url: string; authorization: string | null }[] = [];
let answers: (object | number)[] = [];
const heard: unknown[] = [];

function fakeFetch(url: URL, init: RequestInit): Promise<Response> {
  asked.push({ url: url.href, authorization: new Headers(init.headers).get("authorization") });
  const answer = answers.shift() ?? { connectionToken: "c1" };
  return Promise.resolve(typeof answer === "number" ? new Response("", { status: answer }) : Response.json(answer));
}

async function begin(): Promise<{ connecting: Promise<Connection>; socket: FakeSocket }> {
  const connecting = connect(ACCESS, { nudge: (argument) => heard.push(argument) });
  connecting.catch(() => undefined);
  await settled();
  return { connecting, socket: FakeSocket.last };
}

async function connected(): Promise<{ connection: Connection; socket: FakeSocket }> {
  const { connecting, socket } = await begin();
  socket.onopen?.();
  socket.hears({});
  return { connection: await connecting, socket };
}

async function isClosed({ closed }: Connection): Promise<boolean> {
  let over = false;
  void closed.then(() => (over = true));
  await settled();
  return over;
}

describe("the SignalR client", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    mock.method(globalThis, "fetch", fakeFetch);
    Object.assign(globalThis, { WebSocket: FakeSocket });
    asked.length = heard.length = 0;
    answers = [];
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  test("negotiates with the token, and shows both the token and the connection's to the WebSocket", async () => {
    const { socket } = await connected();
    assert.deepEqual(asked, [
      {
        url: "https://hub.example/client/negotiate?hub=interact&negotiateVersion=1",
        authorization: "Bearer token",
      },
    ]);
    assert.equal(socket.url, "wss://hub.example/client/?hub=interact&id=c1&access_token=token");
    assert.deepEqual(socket.sent, [`{"protocol":"json","version":1}${RECORD}`]);
  });

  test("goes where it is sent on to, with that server's token", async () => {
    answers = [{ url: "https://other.example/hub", accessToken: "other" }, { connectionId: "old" }];
    const { socket } = await connected();
    assert.deepEqual(asked[1], {
      url: "https://other.example/hub/negotiate?negotiateVersion=1",
      authorization: "Bearer other",
    });
    assert.equal(socket.url, "wss://other.example/hub?id=old&access_token=other");
  });

  test("is not sent round in circles", async () => {
    answers = Array.from({ length: 20 }, () => ({ url: "https://hub.example/round" }));
    await assert.rejects((await begin()).connecting);
    assert.equal(asked.length, 6);
  });

  test("refused, it says so", async () => {
    for (const answer of [401, { error: "full" }, {}]) {
      answers = [answer];
      await assert.rejects((await begin()).connecting);
    }
    const { connecting, socket } = await begin();
    socket.onopen?.();
    socket.hears({ error: "no such protocol" });
    await assert.rejects(connecting);
    assert.equal(socket.closed, true);
  });

  test("hears what the server calls, also right behind the greeting and several at once", async () => {
    const { socket } = await begin();
    socket.onopen?.();
    socket.hears(
      {},
      { type: 1, target: "nudge", arguments: [{ sessionId: "s1" }] },
      { type: 6 },
      { type: 1, target: "unknown", arguments: [] },
      { type: 1, target: "nudge", arguments: [{ sessionId: "s2" }] },
    );
    assert.deepEqual(heard, [{ sessionId: "s1" }, { sessionId: "s2" }]);
  });

  test("pings, and is lost after half a minute in which nothing came", async () => {
    const { connection, socket } = await connected();
    mock.timers.tick(15_000);
    assert.equal(socket.sent.at(-1), `{"type":6}${RECORD}`);
    socket.hears({ type: 6 });
    mock.timers.tick(29_999);
    assert.equal(await isClosed(connection), false);
    mock.timers.tick(1);
    assert.equal(await isClosed(connection), true);
    const sent = socket.sent.length;
    mock.timers.tick(60_000);
    assert.equal(socket.sent.length, sent);
  });

  test("is lost when the server closes, falls silent while connecting, or talks nonsense", async () => {
    const one = await connected();
    one.socket.hears({ type: 7 });
    assert.equal(await isClosed(one.connection), true);
    const other = await connected();
    other.socket.onmessage?.({ data: `<html>${RECORD}` });
    assert.equal(await isClosed(other.connection), true);
    const { connecting } = await begin();
    mock.timers.tick(30_000);
    await assert.rejects(connecting);
  });

  test("stopped, it hears nothing more", async () => {
    const { connection, socket } = await connected();
    connection.stop();
    socket.hears({ type: 1, target: "nudge", arguments: [{}] });
    assert.deepEqual(heard, []);
    assert.equal(await isClosed(connection), true);
  });
});
