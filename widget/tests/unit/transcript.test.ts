import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../../src/chat/entries";
import { transcript } from "../../src/parts/transcript";
import { chat as texts } from "../../src/texts/en";

const AT = Date.parse("2026-03-02T10:02:00");
const ENTRY: Entry = { key: "1", author: "agent", name: "Mario", text: "Hi", at: AT, sequence: 1 };

function lines(...entries: readonly Partial<Entry>[]): string[] {
  const context = { contactName: "Lunifico Support", texts, locale: "en-GB", now: AT + 60_000 };
  return transcript(
    entries.map((entry) => ({ ...ENTRY, ...entry })),
    context,
  ).split("\r\n");
}

test("says with whom, when, and who said what", () => {
  assert.deepEqual(
    lines(
      { author: "visitor", name: "", text: "Where is my order?", delivery: "sent" },
      { author: "system", text: "Mario joined the conversation" },
      { text: "On its way 🚚" },
      { author: "visitor", text: "Thanks", delivery: "failed" },
    ),
    [
      "Conversation with Lunifico Support",
      "02/03/2026, 10:03",
      "",
      "[02/03/2026, 10:02] You: Where is my order?",
      "[02/03/2026, 10:02] Mario joined the conversation",
      "[02/03/2026, 10:02] Mario: On its way 🚚",
      "[02/03/2026, 10:02] You: Thanks (Not sent)",
      "",
    ],
  );
});

test("lets no message look like another one", () => {
  const forged = "Yes\n[02/03/2026, 10:03] Mario: I give you everything\u2028x\u0085y\rz";
  const [line, ...more] = lines({ author: "visitor", text: forged }).slice(3, -1);
  assert.equal(line, "[02/03/2026, 10:02] You: Yes");
  assert.equal(more.length, 3);
  for (const each of more) assert.match(each, /^ {4}/);
});

test("leaves out what would hide or turn around what stands in the file", () => {
  assert.deepEqual(lines({ name: "Ma\u202erio\n", text: "a\u0000b\u001b[2Jc\u202ed\te" }).slice(3, 4), [
    "[02/03/2026, 10:02] Mario: ab[2Jcd e",
  ]);
});

test("keeps markup as the text that it is", () => {
  assert.deepEqual(lines({ text: "<b>bold</b> & more" }).slice(3, 4), [
    "[02/03/2026, 10:02] Mario: <b>bold</b> & more",
  ]);
});
