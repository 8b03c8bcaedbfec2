import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chooseLanguage, directionOf, fill } from "../../src/texts";
import * as de from "../../src/texts/de";
import * as en from "../../src/texts/en";

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the catalogues", () => {
  for (const part of ["launcher", "chat"] as const) {
    const english = Object.entries(en[part]);
    const german: Readonly<Record<string, string>> = de[part];

    test(`${part}: German has every text, and no other`, () => {
      assert.deepEqual(
        Object.keys(german),
        english.map(([key]) => key),
      );
      assert.deepEqual(
        Object.values(german).filter((text) => text.trim() === ""),
        [],
      );
    });

    test(`${part}: a translation has the placeholders of the original`, () => {
      for (const [key, text] of english) assert.deepEqual(placeholders(german[key] ?? ""), placeholders(text), key);
    });
  }

  test("the names that tests and screen readers rely on stay as they are", () => {
    const { name, email, message, startChat, conversation, typeMessage, send, endChat } = en.chat;
    assert.deepEqual(
      [en.launcher.openChat, name, email, message, startChat, conversation, typeMessage, send, endChat],
      ["Open chat", "Name", "Email", "Message", "Start chat", "Conversation", "Type a message", "Send", "End chat"],
    );
  });
});

describe("the language", () => {
  test("is the first one asked for that there is", () => {
    assert.deepEqual(chooseLanguage([undefined, "", "fr-CH", "de-CH", "en"]), ["de-CH", "de"]);
  });

  test("is English where none fits", () => {
    assert.deepEqual(chooseLanguage(["fr", "ja"]), ["en", "en"]);
  });

  test("tells the direction", () => {
    assert.deepEqual(["ar-EG", "he", "fa", "en", "de-AT", "arn"].map(directionOf), [
      "rtl",
      "rtl",
      "rtl",
      "ltr",
      "ltr",
      "ltr",
    ]);
  });
});

test("placeholders are filled, unknown ones and their like in values are left alone", () => {
  assert.equal(fill("{name}: {text} {other}", { name: "Mario", text: "{name} $& $1" }), "Mario: {name} $& $1 {other}");
});
