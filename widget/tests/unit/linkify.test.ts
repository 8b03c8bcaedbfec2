import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { linkify, plainName, withoutOverrides } from "../../src/chat/linkify";

const links = (text: string): (string | undefined)[] =>
  linkify(text)
    .filter(({ href }) => href)
    .map(({ text: label }) => label);
const whole = (text: string): string =>
  linkify(text)
    .map(({ text: piece }) => piece)
    .join("");

describe("addresses in a text", () => {
  for (const [text, expected] of [
    ["See https://track.example/42.", ["https://track.example/42"]],
    ["(https://a.example/b)", ["https://a.example/b"]],
    ["https://a.example/wiki/Lamp_(light)", ["https://a.example/wiki/Lamp_(light)"]],
    ["(see https://a.example/wiki/Lamp_(light)).", ["https://a.example/wiki/Lamp_(light)"]],
    ["Is it https://a.example/?q=1&r=2#top?!", ["https://a.example/?q=1&r=2#top"]],
    ["http://a.example and HTTPS://B.example, too", ["http://a.example", "HTTPS://B.example"]],
    ["“https://a.example/x”…", ["https://a.example/x"]],
    ["«https://a.example/x» ‘https://a.example/y’", ["https://a.example/x", "https://a.example/y"]],
    ["line\nhttps://a.example\nline", ["https://a.example"]],
    ["**https://a.example**", ["https://a.example"]],
  ] as const) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(links(text), expected);
      assert.equal(whole(text), text);
    });
  }
});

describe("what is no address stays text", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://a.example vbscript:x file:///etc/passwd",
    "www.a.example and mailto:carla@customer.example",
    "https://bank.example@evil.example/login",
    "https://user:secret@evil.example",
    "https://",
    "http://[",
    "$(Customer.FirstName) ${name} {{7*7}} <%= 1 %>",
    "[click](javascript:alert(1)) ![x](data:image/png;base64,AAAA)",
    "<a href='x'>a</a> <img src=x onerror=alert(1)>",
  ]) {
    test(text, () => {
      assert.deepEqual(links(text), []);
      assert.equal(whole(text), text);
    });
  }
});

describe("hostile text", () => {
  test("markup around an address does not become part of it", () => {
    assert.deepEqual(links('<a href="https://a.example/x">https://b.example/y</a>'), [
      "https://a.example/x",
      "https://b.example/y",
    ]);
  });

  test("Markdown cannot put one address in front of another", () => {
    assert.deepEqual(links("[https://bank.example](https://evil.example)"), []);
    assert.deepEqual(links("[the bank](https://evil.example)"), ["https://evil.example"]);
  });

  test("an address ends at characters that change direction or have no width", () => {
    assert.deepEqual(links("https://a.example/\u202etxt.exe"), ["https://a.example/"]);
    assert.deepEqual(links("https://a.example/\u200bhidden"), ["https://a.example/"]);
    assert.deepEqual(links("https://a.example/\u2066x\u2069"), ["https://a.example/"]);
  });

  test("overrides are taken out of texts, isolates and marks are left", () => {
    assert.equal(withoutOverrides("a\u202ecod.exe\u202c b \u2067שלום\u2069"), "acod.exe\u202c b \u2067שלום\u2069");
  });

  test("names lose everything that changes direction or lines", () => {
    assert.equal(plainName("Mario\u202e\u2066 (oiraM)\nAdmin\u200f"), "Mario (oiraM) Admin");
  });

  for (const [name, text] of [
    ["28 kB of emoji", "👩‍👩‍👧‍👦".repeat(1100)],
    ["an address of brackets", `https://a.example/${"(".repeat(14_000)}${")".repeat(14_000)}`],
    ["an address of full stops", `https://a.example/${".".repeat(28_000)}`],
    ["addresses one after another", "https://a.example ".repeat(1500)],
    ["half addresses", "https://".repeat(3500)],
  ] as const) {
    test(`${name} takes no noticeable time and loses nothing`, () => {
      const start = performance.now();
      assert.equal(whole(text), text);
      assert.ok(performance.now() - start < 200, "took too long");
    });
  }
});
