import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TransportError } from "../../src/chat/errors";
import { randomId } from "../../src/chat/clock";
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
  const say = (text: string): void => {
    const message = { clientMessageId: randomId(), text, at: clock.now() };
    store.addUnsent(message);
    outbox.add(message);
  };
  return { outbox, transport, clock, store, heard, waits, say };
}

const texts = (transport: FakeTransport): string[] => transport.thread.map(({ text }) => text);

describe("sending", () => {
  test("a message is sent once and leaves when the thread shows it", async () => {
    const { outbox, transport, store, say } = subject();
    say("Hello");
    assert.equal(store.unsent.length, 1);
    await settled();
    assert.equal(outbox.pending[0]?.status, "sent");
    assert.deepEqual(store.unsent, []);
    await transport.read();
    assert.equal(outbox.settle(), true);
    assert.deepEqual(outbox.pending, []);
  });

  test("messages go out in the order in which they were written", async () => {
    const { transport, say } = subject();
    transport.outcomes = ["lost", "taken"];
    for (const text of ["one", "two", "three"]) say(text);
    await settled();
    assert.deepEqual(texts(transport), ["one", "two", "three"]);
  });

  test("a send whose answer was lost is looked up, and not sent again", async () => {
    const { outbox, transport, say } = subject();
    transport.outcomes = ["taken, answer lost"];
    say("Hello");
    await settled();
    assert.equal(transport.sends, 1);
    assert.equal(outbox.pending[0]?.status, "sent");
    assert.deepEqual(texts(transport), ["Hello"]);
  });

  test("a message that another read has found meanwhile is not sent again", async () => {
    const { outbox, transport, clock, say } = subject();
    transport.outcomes = ["taken, answer lost"];
    clock.sleep = async () => {
      await transport.read();
      outbox.settle();
    };
    say("Hello");
    await settled();
    assert.deepEqual([texts(transport), outbox.pending], [["Hello"], []]);
  });

  test("a send that never arrived is repeated after a look-up", async () => {
    const { transport, clock, say } = subject();
    transport.outcomes = ["lost"];
    say("Hello");
    await settled();
    assert.deepEqual([transport.sends, transport.reads], [2, 1]);
    assert.deepEqual(clock.slept, [1000]);
    assert.deepEqual(texts(transport), ["Hello"]);
  });

  test("three attempts without an outcome leave the message failed, and Try again looks it up first", async () => {
    const { outbox, transport, say } = subject();
    transport.outcomes = ["lost", "lost", "taken, answer lost"];
    say("Hello");
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
    const { outbox, transport, say } = subject();
    transport.outcomes = ["taken, answer lost"];
    transport.readFaults = [new TransportError("unknown"), new TransportError("unknown")];
    say("Hello");
    await settled();
    assert.equal(transport.sends, 1);
    assert.equal(outbox.pending[0]?.status, "failed");
  });

  test("a failed message does not hold up the next one", async () => {
    const { outbox, transport, say } = subject();
    transport.outcomes = [new TransportError("refused"), "taken"];
    say("one");
    say("two");
    await settled();
    assert.deepEqual(
      outbox.pending.map(({ status }) => status),
      ["failed", "sent"],
    );
  });
});

describe("refusals", () => {
  test("429 is waited out visibly, for as long as asked, and then the message goes", async () => {
    const { outbox, transport, clock, waits, say } = subject();
    transport.outcomes = [new TransportError("throttled", 12), "taken"];
    say("Hello");
    await settled();
    assert.equal(waits[0], 12_000);
    assert.deepEqual(clock.slept, [12_000]);
    assert.equal(outbox.throttledUntil, undefined);
    assert.deepEqual([transport.sends, transport.reads], [2, 0]);
  });

  test("a thread that is gone is told, and the message stays unsent", async () => {
    const { outbox, transport, heard, say } = subject();
    transport.outcomes = [new TransportError("gone")];
    say("Hello");
    await settled();
    assert.deepEqual(heard, ["gone"]);
    assert.equal(outbox.pending[0]?.status, "failed");
  });
});

describe("what an earlier page left", () => {
  test("is looked up and then sent, with the id that it had, before anything new", async () => {
    const { outbox, transport, say } = subject([left()]);
    outbox.resume();
    say("And another");
    await settled();
    assert.equal(transport.thread[0]?.clientMessageId, "c1");
    assert.deepEqual(texts(transport), ["Hello", "And another"]);
    assert.equal(transport.reads, 1);
  });

  test("is not sent where it had arrived", async () => {
    const { outbox, transport, store } = subject([left()]);
    await transport.send({ clientMessageId: "c1", text: "Hello", senderName: undefined });
    outbox.resume();
    await settled();
    outbox.settle();
    assert.deepEqual([transport.sends, outbox.pending, store.unsent], [1, [], []]);
  });
});

describe("when the way is free again", () => {
  test("what had failed goes, and what was refused does not", async () => {
    const { outbox, transport, say } = subject();
    transport.outcomes = [new TransportError("refused"), "lost", "lost", "lost"];
    say("never");
    say("later");
    await settled();
    outbox.resume();
    await settled();
    assert.deepEqual(texts(transport), ["later"]);
  });

  test("a message that is said twice, by its tab and by the store, goes once", async () => {
    const { outbox, transport, store } = subject([left()]);
    outbox.add(left());
    outbox.resume();
    await settled();
    assert.deepEqual([texts(transport), store.unsent], [["Hello"], []]);
  });
});

function left(): { clientMessageId: string; text: string; at: number } {
  return { clientMessageId: "c1", text: "Hello", at: 1 };
}

describe("order", () => {
  test("nothing overtakes a message that found no way", async () => {
    const { outbox, transport, say } = subject();
    transport.outcomes = ["lost", "lost", "lost"];
    for (const text of ["one", "two"]) say(text);
    await settled();
    assert.deepEqual(
      outbox.pending.map(({ status }) => status),
      ["failed", "failed"],
    );
    say("three");
    await settled();
    assert.deepEqual(texts(transport), ["one", "two", "three"]);
  });
});
