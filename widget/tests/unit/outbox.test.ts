import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TransportError } from "../../src/chat/errors";
import { Outbox } from "../../src/chat/outbox";
import { SessionStore } from "../../src/chat/store";
import { FakeClock, FakeStorage, FakeTransport, settled } from "./fakes";

function subject(unsent: readonly { clientMessageId: string; text: string; at: number }[] = []) {
  const transport = new FakeTransport();
  const clock = new FakeClock();
  const store = new SessionStore(new FakeStorage(), "key", () => clock.now());
  for (const message of unsent) store.addUnsent(message);
  const heard: string[] = [];
  const waits: number[] = [];
  const outbox: Outbox = new Outbox(
    transport,
    store,
    clock,
    {
      changed: () => {
        if (outbox.throttledUntil !== undefined) waits.push(outbox.throttledUntil - clock.now());
      },
      sent: () => heard.push("sent"),
      gone: () => heard.push("gone"),
    },
    "Carla Customer",
  );
  return { outbox, transport, clock, store, heard, waits };
}

const texts = (transport: FakeTransport): string[] => transport.thread.map(({ text }) => text);

describe("sending", () => {
  test("a message is sent once and leaves when the thread shows it", async () => {
    const { outbox, transport, store } = subject();
    outbox.add("Hello");
    assert.equal(store.unsent.length, 1);
    await settled();
    assert.equal(outbox.pending[0]?.status, "sent");
    assert.deepEqual(store.unsent, []);
    await transport.read();
    assert.equal(outbox.settle(), true);
    assert.deepEqual(outbox.pending, []);
  });

  test("messages go out in the order in which they were written", async () => {
    const { outbox, transport } = subject();
    transport.outcomes = ["lost", "taken"];
    for (const text of ["one", "two", "three"]) outbox.add(text);
    await settled();
    assert.deepEqual(texts(transport), ["one", "two", "three"]);
  });

  test("a send whose answer was lost is looked up, and not sent again", async () => {
    const { outbox, transport } = subject();
    transport.outcomes = ["taken, answer lost"];
    outbox.add("Hello");
    await settled();
    assert.equal(transport.sends, 1);
    assert.equal(outbox.pending[0]?.status, "sent");
    assert.deepEqual(texts(transport), ["Hello"]);
  });

  test("a message that another read has found meanwhile is not sent again", async () => {
    const { outbox, transport, clock } = subject();
    transport.outcomes = ["taken, answer lost"];
    clock.sleep = async () => {
      await transport.read();
      outbox.settle();
    };
    outbox.add("Hello");
    await settled();
    assert.deepEqual([texts(transport), outbox.pending], [["Hello"], []]);
  });

  test("a send that never arrived is repeated after a look-up", async () => {
    const { outbox, transport, clock } = subject();
    transport.outcomes = ["lost"];
    outbox.add("Hello");
    await settled();
    assert.deepEqual([transport.sends, transport.reads], [2, 1]);
    assert.deepEqual(clock.slept, [1000]);
    assert.deepEqual(texts(transport), ["Hello"]);
  });

  test("three attempts without an outcome leave the message failed, and Try again looks it up first", async () => {
    const { outbox, transport } = subject();
    transport.outcomes = ["lost", "lost", "taken, answer lost"];
    outbox.add("Hello");
    await settled();
    const [message] = outbox.pending;
    assert.equal(message?.status, "failed");
    outbox.retry(message.clientMessageId);
    await settled();
    assert.equal(outbox.pending[0]?.status, "sent");
    assert.deepEqual(texts(transport), ["Hello"]);
    assert.equal(transport.sends, 3);
  });

  test("a look-up that fails is no permission to send", async () => {
    const { outbox, transport } = subject();
    transport.outcomes = ["taken, answer lost"];
    transport.readFaults = [new TransportError("unknown"), new TransportError("unknown")];
    outbox.add("Hello");
    await settled();
    assert.equal(transport.sends, 1);
    assert.equal(outbox.pending[0]?.status, "failed");
  });

  test("a failed message does not hold up the next one", async () => {
    const { outbox, transport } = subject();
    transport.outcomes = [new TransportError("refused"), "taken"];
    outbox.add("one");
    outbox.add("two");
    await settled();
    assert.deepEqual(
      outbox.pending.map(({ status }) => status),
      ["failed", "sent"],
    );
  });
});

describe("refusals", () => {
  test("429 is waited out visibly, for as long as asked, and then the message goes", async () => {
    const { outbox, transport, clock, waits } = subject();
    transport.outcomes = [new TransportError("throttled", 12), "taken"];
    outbox.add("Hello");
    await settled();
    assert.equal(waits[0], 12_000);
    assert.deepEqual(clock.slept, [12_000]);
    assert.equal(outbox.throttledUntil, undefined);
    assert.deepEqual([transport.sends, transport.reads], [2, 0]);
  });

  test("a thread that is gone is told, and the message stays unsent", async () => {
    const { outbox, transport, heard } = subject();
    transport.outcomes = [new TransportError("gone")];
    outbox.add("Hello");
    await settled();
    assert.deepEqual(heard, ["gone"]);
    assert.equal(outbox.pending[0]?.status, "failed");
  });
});

describe("after a reload", () => {
  const left = { clientMessageId: "c1", text: "Hello", at: 1 };

  test("an unsent message is shown as not sent, and is not sent by itself", async () => {
    const { outbox, transport } = subject([left]);
    await settled();
    assert.deepEqual(
      outbox.pending.map(({ text, status }) => [text, status]),
      [["Hello", "failed"]],
    );
    assert.equal(transport.sends, 0);
  });

  test("one that had arrived disappears with the first read", async () => {
    const { outbox, transport, store } = subject([left]);
    await transport.send({ clientMessageId: "c1", text: "Hello", senderName: undefined });
    await transport.read();
    outbox.settle();
    assert.deepEqual([outbox.pending, store.unsent], [[], []]);
  });

  test("Try again sends it with the id that it had", async () => {
    const { outbox, transport } = subject([left]);
    outbox.retry("c1");
    await settled();
    assert.deepEqual(
      transport.thread.map(({ clientMessageId }) => clientMessageId),
      ["c1"],
    );
  });
});
