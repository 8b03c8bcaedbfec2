import assert from "node:assert/strict";
import { test } from "node:test";
import type { NativeThread, PlainMessage } from "../../src/chat/api";
import { ApiError, TransportError } from "../../src/chat/errors";
import { NativeTransport } from "../../src/chat/transport/native";

function message(sequence: number, text: string, metadata: Record<string, string> = { kind: "agent" }): PlainMessage {
  const createdOn = `2030-01-01T09:00:0${sequence}.000Z`;
  return { id: String(sequence), sequence, createdOn, senderId: "native:relay", senderName: "Mario", text, metadata };
}

/** A thread whose messages can be changed; `asked` are the numbers after which it was read. */
class FakeThread implements NativeThread {
  readonly asked: number[] = [];
  readonly posted: [string, string][] = [];
  refusal: ApiError | undefined;

  constructor(public all: PlainMessage[] = []) {}

  messages(after: number): Promise<{ messages: readonly PlainMessage[] }> {
    this.asked.push(after);
    if (this.refusal) return Promise.reject(this.refusal);
    return Promise.resolve({ messages: this.all.filter(({ sequence }) => sequence > after) });
  }

  post(clientMessageId: string, text: string): Promise<object> {
    if (this.refusal) return Promise.reject(this.refusal);
    this.posted.push([clientMessageId, text]);
    return Promise.resolve({});
  }
}

function transportOf(thread: FakeThread): NativeTransport {
  return new NativeTransport({ kind: "native", userId: "native:visitor" }, thread);
}

const shown = (transport: NativeTransport): string[] => transport.messages.map(({ text }) => text);

test("reads on from the last message that it has", async () => {
  const thread = new FakeThread([message(1, "Hello"), message(2, "How can I help?")]);
  const transport = transportOf(thread);
  assert.equal(await transport.read(), true);
  assert.equal(await transport.read(), false);
  thread.all.push(message(3, "Still there?"));
  assert.equal(await transport.read(), true);
  assert.deepEqual(thread.asked, [0, 2, 2]);
  assert.deepEqual(shown(transport), ["Hello", "How can I help?", "Still there?"]);
});

test("a message that was changed later stands in its place with its new text", async () => {
  const thread = new FakeThread([
    message(1, "On Fryday"),
    message(2, "Anything else?"),
    message(3, "On Friday", { kind: "agent", event: "edited", target: "1" }),
  ]);
  const transport = transportOf(thread);
  await transport.read();
  assert.deepEqual(shown(transport), ["On Friday", "Anything else?"]);
  assert.equal(transport.messages[0]?.event, "edited");
});

test("a message that was deleted is said to be in its place, as is what was known before", async () => {
  const told = message(4, "This message was deleted.", { kind: "agent", event: "deleted", target: "1" });
  // Neither the message nor what told of an earlier change says anything any more.
  const thread = new FakeThread([message(1, "", {}), message(2, "Anything else?"), message(3, "", {}), told]);
  const transport = transportOf(thread);
  await transport.read();
  assert.deepEqual(shown(transport), ["This message was deleted.", "Anything else?"]);
  assert.equal(transport.messages[0]?.event, "deleted");
});

test("a change of a message that is not there is not shown", async () => {
  const thread = new FakeThread([message(2, "gone", { kind: "agent", event: "deleted", target: "1" })]);
  const transport = transportOf(thread);
  await transport.read();
  assert.deepEqual(shown(transport), []);
});

test("sends under the id by which a repetition is known", async () => {
  const thread = new FakeThread();
  await transportOf(thread).send({ clientMessageId: "c-1", text: "Hello", senderName: undefined });
  assert.deepEqual(thread.posted, [["c-1", "Hello"]]);
});

for (const [code, kind] of [
  ["try_again", "unknown"],
  ["busy", "throttled"],
  ["invalid", "refused"],
  ["ended", "gone"],
  ["not_allowed", "gone"],
] as const) {
  test(`what the API calls ${code} is ${kind} to whoever sends`, async () => {
    const thread = new FakeThread();
    thread.refusal = new ApiError(code, 400);
    const sending = transportOf(thread).send({ clientMessageId: "c-1", text: "Hello", senderName: undefined });
    await assert.rejects(sending, (error) => error instanceof TransportError && error.kind === kind);
  });
}
