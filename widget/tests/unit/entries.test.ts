import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatState } from "../../src/chat/chat-state";
import { entriesOf, unreadIn } from "../../src/chat/entries";
import type { LiveView } from "../../src/chat/live-session";
import { chat as texts } from "../../src/texts/en";
import { threadMessage } from "./fakes";

const LIVE: LiveView = {
  state: "connected",
  agentName: "Mario",
  messages: [],
  pending: [],
  userId: "8:acs:visitor",
  connection: "ok",
  throttledUntil: undefined,
  queue: undefined,
  readUntil: undefined,
  typing: false,
};

function entries(live: Partial<LiveView>, opening?: ChatState["opening"]) {
  const state = {
    live: { ...LIVE, ...live },
    opening,
    contact: { kind: "service", id: "1", displayName: "Lunifico Support" },
  };
  return entriesOf(state as ChatState, texts);
}

describe("the conversation", () => {
  test("tells the visitor, agents and the system apart", () => {
    const messages = [
      threadMessage(1, { senderId: "8:acs:visitor", clientMessageId: "c1" }),
      threadMessage(2, { kind: "system", event: "connected" }),
      threadMessage(3),
    ];
    assert.deepEqual(
      entries({ messages }).map(({ author }) => author),
      ["visitor", "system", "agent"],
    );
  });

  test("knows the visitor's messages from another tab by their client id", () => {
    assert.equal(
      entries({ messages: [threadMessage(1, { senderId: "8:acs:other", clientMessageId: "c9" })] })[0]?.author,
      "visitor",
    );
  });

  test("tells which messages of the visitor were read, and which is the last of them", () => {
    const own = { senderId: "8:acs:visitor" };
    const messages = [1, 2, 3, 4].map((number) => threadMessage(number, number === 2 ? {} : own));
    assert.deepEqual(
      entries({ messages, readUntil: new Date(3000).toISOString() }).map(({ delivery, lastRead }) => [
        delivery,
        lastRead,
      ]),
      [
        ["read", undefined],
        [undefined, undefined],
        ["read", true],
        ["sent", undefined],
      ],
    );
  });

  test("shows the first message at once, and once only", () => {
    const opening = { clientMessageId: "key", text: "Hello", at: 1000 };
    assert.deepEqual(
      entries({}, opening).map(({ key, delivery }) => [key, delivery]),
      [["key", "sent"]],
    );
    const messages = [threadMessage(1, { senderId: "8:acs:visitor", clientMessageId: "key", text: "Hello" })];
    assert.deepEqual(
      entries({ messages }, opening).map(({ key }) => key),
      ["key"],
    );
  });

  test("ends with what is on its way", () => {
    const pending = [{ clientMessageId: "c2", text: "Wait", at: 5, status: "failed", uncertain: true }] as const;
    const [, last] = entries({ messages: [threadMessage(1)], pending });
    assert.deepEqual([last?.key, last?.delivery], ["c2", "failed"]);
  });

  test("puts events that come without words into words, and leaves out those that need none", () => {
    const messages = (["waiting", "connected", "noAgent", "declined", "undelivered", "ended"] as const).map(
      (event, index) => threadMessage(index + 1, { kind: "system", event, text: "", senderName: "Mario" }),
    );
    assert.deepEqual(
      entries({ messages }).map(({ text }) => text),
      [
        "Mario joined the conversation",
        "Nobody is available at the moment",
        "The chat could not be answered",
        "A message could not be delivered",
        "The chat has ended",
      ],
    );
  });

  test("counts agents' messages after the last one read", () => {
    const list = entries({
      messages: [threadMessage(1), threadMessage(2, { kind: "system" }), threadMessage(3), threadMessage(4)],
    });
    assert.equal(unreadIn(list, 1), 2);
  });
});
