import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chooseLanguage, directionOf, fill, prevailingDirection, type ChatTexts, type Plural } from "../../src/texts";
import * as ar from "../../src/texts/ar";
import * as de from "../../src/texts/de";
import * as en from "../../src/texts/en";
import * as fr from "../../src/texts/fr";

type Texts = Readonly<Record<string, string | Plural>>;

/** Every sentence of a text: its only one, or one for each plural form. */
const sentences = (text: string | Plural | undefined): string[] =>
  typeof text === "object" ? Object.values(text) : [text ?? ""];
const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the catalogues", () => {
  for (const [language, catalogue] of Object.entries({ ar, de, fr })) {
    for (const part of ["launcher", "chat"] as const) {
      const english: Texts = en[part];
      const translated: Texts = catalogue[part];

      test(`${language}: the ${part} has every text, and no other`, () => {
        assert.deepEqual(Object.keys(translated), Object.keys(english));
        assert.deepEqual(
          Object.values(translated)
            .flatMap(sentences)
            .filter((text) => text.trim() === ""),
          [],
        );
      });

      test(`${language}: the ${part} has the placeholders of the original, and a sentence for every plural form`, () => {
        for (const [key, text] of Object.entries(english)) {
          const given = translated[key];
          if (typeof text === "string")
            assert.deepEqual(sentences(given).flatMap(placeholders), placeholders(text), key);
          else {
            const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
            // What stands for a million and more is nothing that the widget counts.
            const needed = forms.filter((form) => !(language === "fr" && form === "many"));
            assert.deepEqual(Object.keys(given ?? {}).sort(), needed.sort(), key);
            assert.deepEqual(placeholders((given as Plural).other), placeholders(text.other), key);
          }
        }
      });
    }
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
  const known = ["de", "en", "pt-br", "pt"] as const;

  test("is the first one asked for that there is", () => {
    assert.deepEqual(chooseLanguage(["", "fr-CH", "de-CH", "en"], known), ["de-CH", "de"]);
    assert.deepEqual(chooseLanguage(["DE_at"], known), ["DE_at", "de"]);
  });

  test("is the regional one before the base", () => {
    assert.deepEqual(chooseLanguage(["pt-BR"], known), ["pt-BR", "pt-br"]);
    assert.deepEqual(chooseLanguage(["pt-PT"], known), ["pt-PT", "pt"]);
  });

  test("is none where none fits", () => {
    assert.equal(chooseLanguage(["fr", "ja", "den", "x"], known), undefined);
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

test("a sentence has the direction of most of its letters", () => {
  assert.deepEqual(
    ["مريم joined the conversation", "انضم Mario إلى المحادثة", "Mario", "42"].map(prevailingDirection),
    ["ltr", "rtl", "ltr", "ltr"],
  );
});

describe("a text", () => {
  test("has its placeholders filled; unknown ones and their like in values are left alone", () => {
    assert.equal(
      fill("{name}: {text} {other}", { name: "Mario", text: "{name} $& $1" }),
      "Mario: {name} $& $1 {other}",
    );
  });

  test("takes the plural form and the digits of the language", () => {
    const left = (texts: ChatTexts, count: number, locale: string) => fill(texts.charactersLeft, { count }, locale);
    assert.deepEqual(
      [1, 2, 1500].map((count) => left(en.chat, count, "en")),
      ["1 character left", "2 characters left", "1,500 characters left"],
    );
    assert.equal(left(de.chat, 1500, "de"), "Noch 1.500 Zeichen");
    assert.equal(left(fr.chat, 0, "fr"), "Encore 0 caractère");
    assert.deepEqual(
      [0, 1, 2, 3, 11, 100].map((count) => left(ar.chat, count, "ar-u-nu-latn")),
      ["لم يبقَ أي حرف", "بقي حرف واحد", "بقي حرفان", "بقيت 3 أحرف", "بقي 11 حرفًا", "بقي 100 حرف"],
    );
    assert.equal(left(ar.chat, 3, "ar-EG"), "بقيت ٣ أحرف");
  });

  test("of the page's own needs no plural forms", () => {
    assert.equal(fill("{count} to go", { count: 3 }, "en"), "3 to go");
  });

  test("keeps a name of another script from disturbing it", () => {
    assert.equal(fill(en.chat.agentJoined, { agent: "Mario" }), "Mario joined the conversation");
    assert.equal(fill(en.chat.agentJoined, { agent: "مريم" }), "\u2068مريم\u2069 joined the conversation");
    assert.equal(fill(ar.chat.agentJoined, { agent: "Mario" }), "انضم \u2068Mario\u2069 إلى المحادثة");
  });
});
