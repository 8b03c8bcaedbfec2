import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiError, TransportError } from "../../src/chat/errors";
import { AcsTransport } from "../../src/chat/transport/acs";
import { ACCESS, acsMessage } from "./fakes";

interface Call {
  readonly url: URL;
  readonly method: string;
  readonly token: string;
  readonly body: Record<string, unknown> | undefined;
}

/** An AcsTransport whose requests are answered by `answer`. */
function subject(answer: (call: Call, number: number) => Response | Error, renew?: () => Promise<void>) {
  const calls: Call[] = [];
  const credentials = {
    messaging: ACCESS,
    renew: async (): Promise<never> => {
      await renew?.();
      credentials.messaging = { ...ACCESS, token: "second" };
      return undefined as never;
    },
  };
  const fetch = (input: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const call: Call = {
      url: new URL(input),
      method: init.method ?? "",
      token: headers.get("authorization") ?? "",
      body: typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : undefined,
    };
    calls.push(call);
    const response = answer(call, calls.length);
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  };
  return { transport: new AcsTransport(credentials, fetch as typeof globalThis.fetch), calls };
}

const page = (messages: readonly unknown[], nextLink?: string): Response =>
  Response.json({ value: messages, nextLink });
const kindOf = (error: unknown): string => (error instanceof TransportError ? error.kind : String(error));

describe("reading the thread", () => {
  test("messages come in the order of their sequence, whatever the pages say", async () => {
    const { transport } = subject(() => page([acsMessage(3), acsMessage(1), acsMessage(2)]));
    assert.equal(await transport.read(), true);
    assert.deepEqual(
      transport.messages.map(({ text }) => text),
      ["text 1", "text 2", "text 3"],
    );
  });

  test("further pages are followed on our own host, whatever host the link names", async () => {
    const { transport, calls } = subject((_, number) =>
      number === 1
        ? page([acsMessage(2)], "https://elsewhere.example/chat/threads/x/messages?skip=1")
        : page([acsMessage(1)]),
    );
    await transport.read();
    assert.deepEqual(
      calls.map(({ url }) => url.host),
      ["acs.example", "acs.example"],
    );
    assert.equal(calls[1]?.url.search, "?skip=1");
    assert.equal(transport.messages.length, 2);
  });

  test("the next read goes on from the last message", async () => {
    const { transport, calls } = subject((_, number) =>
      page(number === 1 ? [acsMessage(2), acsMessage(1)] : [acsMessage(3), acsMessage(2)]),
    );
    await transport.read();
    await transport.read();
    assert.equal(calls[0]?.url.searchParams.get("startTime"), null);
    assert.equal(calls[1]?.url.searchParams.get("startTime"), acsMessage(2)["createdOn"]);
    assert.equal(transport.messages.length, 3);
  });

  test("a message that shows up late, before others, is fetched and put in its place", async () => {
    const { transport, calls } = subject((_, number) =>
      page(number === 1 ? [acsMessage(3), acsMessage(1)] : [acsMessage(3), acsMessage(2), acsMessage(1)]),
    );
    await transport.read();
    await transport.read();
    assert.equal(calls[1]?.url.searchParams.get("startTime"), acsMessage(1)["createdOn"]);
    assert.deepEqual(
      transport.messages.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
  });

  test("a position that is never filled is given up after five reads", async () => {
    const { transport, calls } = subject(() => page([acsMessage(3), acsMessage(1)]));
    for (let read = 0; read < 7; read++) await transport.read();
    assert.equal(calls[5]?.url.searchParams.get("startTime"), acsMessage(1)["createdOn"]);
    assert.equal(calls[6]?.url.searchParams.get("startTime"), acsMessage(3)["createdOn"]);
  });

  test("half a read counts as none", async () => {
    const { transport } = subject((_, number) =>
      number === 1 ? page([acsMessage(9)], "/next") : new TypeError("network"),
    );
    await assert.rejects(transport.read(), TransportError);
    assert.deepEqual(transport.messages, []);
  });

  test("nothing new is told as nothing new", async () => {
    const { transport } = subject(() => page([acsMessage(1)]));
    assert.equal(await transport.read(), true);
    assert.equal(await transport.read(), false);
  });

  test("entries that are no messages take part in the order and are not shown", async () => {
    const added = acsMessage(1, { type: "participantAdded", content: { participants: [] } });
    const { transport } = subject(() =>
      page([acsMessage(2), added, "nonsense", acsMessage(3, { deletedOn: "2026-03-02T10:01:00Z" })]),
    );
    await transport.read();
    assert.deepEqual(
      transport.messages.map(({ sequence }) => sequence),
      [2],
    );
  });

  test("a message in the thread twice by the same client id is shown once", async () => {
    const own = { metadata: { clientMessageId: "c1" } };
    const { transport } = subject(() => page([acsMessage(2, own), acsMessage(1, own)]));
    await transport.read();
    assert.deepEqual(
      transport.messages.map(({ id }) => id),
      ["m1"],
    );
  });
});

describe("sending", () => {
  test("a message goes out with its client id, as plain text", async () => {
    const { transport, calls } = subject(() => Response.json({ id: "1" }, { status: 201 }));
    await transport.send({ clientMessageId: "c1", text: "<b>Hi</b>", senderName: "Carla Customer" });
    assert.deepEqual(calls[0]?.body, {
      content: "<b>Hi</b>",
      type: "text",
      senderDisplayName: "Carla Customer",
      metadata: { clientMessageId: "c1" },
    });
    assert.equal(calls[0].url.pathname, "/chat/threads/19%3Athread%40thread.v2/messages");
  });

  for (const [status, kind] of [
    [500, "unknown"],
    [503, "unknown"],
    [429, "throttled"],
    [403, "gone"],
    [404, "gone"],
    [400, "refused"],
    [413, "refused"],
  ] as const) {
    test(`${status} means ${kind}`, async () => {
      const { transport } = subject(() => new Response("{}", { status }));
      await assert.rejects(
        transport.send({ clientMessageId: "c1", text: "Hi", senderName: undefined }),
        (error) => kindOf(error) === kind,
      );
    });
  }

  test("no answer at all means unknown", async () => {
    const { transport } = subject(() => new TypeError("network"));
    await assert.rejects(
      transport.send({ clientMessageId: "c1", text: "Hi", senderName: undefined }),
      (error) => kindOf(error) === "unknown",
    );
  });

  test("429 carries the wait that the service asks for", async () => {
    const { transport } = subject(() => new Response("{}", { status: 429, headers: { "retry-after": "7" } }));
    await assert.rejects(transport.read(), (error) => error instanceof TransportError && error.retryAfter === 7);
  });
});

describe("an outdated token", () => {
  test("is renewed once, and the request repeated with the new one", async () => {
    const { transport, calls } = subject((call) =>
      call.token === "Bearer first" ? new Response("{}", { status: 401 }) : page([acsMessage(1)]),
    );
    await transport.read();
    assert.deepEqual(
      calls.map(({ token }) => token),
      ["Bearer first", "Bearer second"],
    );
  });

  test("that is refused after a renewal too means that the thread is gone", async () => {
    const { transport, calls } = subject(() => new Response("{}", { status: 401 }));
    await assert.rejects(transport.read(), (error) => kindOf(error) === "gone");
    assert.equal(calls.length, 2);
  });

  test("that our API will not renew means that the thread is gone", async () => {
    const { transport } = subject(
      () => new Response("{}", { status: 401 }),
      () => Promise.reject(new ApiError("ended", 410)),
    );
    await assert.rejects(transport.read(), (error) => kindOf(error) === "gone");
  });

  test("that cannot be renewed for now means unknown", async () => {
    const { transport } = subject(
      () => new Response("{}", { status: 401 }),
      () => Promise.reject(new ApiError("try_again", 0)),
    );
    await assert.rejects(transport.read(), (error) => kindOf(error) === "unknown");
  });
});
