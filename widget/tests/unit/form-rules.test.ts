import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fieldOf, formProblems } from "../../src/chat/form-rules";
import { messageProblem } from "../../src/chat/limits";

const GOOD = { name: "Carla Customer", email: "carla@customer.example", message: "Hello" };
const problemsOf = (change: Partial<typeof GOOD>): object => formProblems({ ...GOOD, ...change });

describe("the form", () => {
  test("that is complete has no problems", () => {
    assert.deepEqual(problemsOf({}), {});
  });

  test("that is empty names every field", () => {
    assert.deepEqual(problemsOf({ name: " ", email: "", message: "\n" }), {
      name: ["errorNameMissing"],
      email: ["errorEmailMissing"],
      message: ["errorMessageMissing"],
    });
  });

  test("takes names of 100 characters and no more, whatever the characters", () => {
    assert.deepEqual(problemsOf({ name: "😀".repeat(100) }), {});
    assert.deepEqual(problemsOf({ name: "x".repeat(101) }), { name: ["errorNameLong"] });
  });

  for (const email of [
    "carla@",
    "@customer.example",
    "carla",
    "a b@c.example",
    "carla@customer",
    "a@b.c, d@e.f",
    `${"x".repeat(250)}@c.example`,
  ]) {
    test(`refuses ${email.slice(0, 30)} as an address`, () => {
      assert.deepEqual(problemsOf({ email }), { email: ["errorEmail"] });
    });
  }

  for (const email of ["o'neil+x@sub.customer.example", "märta@exämple.se", " carla@customer.example "]) {
    test(`takes ${email}`, () => {
      assert.deepEqual(problemsOf({ email }), {});
    });
  }

  test("knows which of its fields the server means", () => {
    assert.deepEqual(["customer.displayName", "customer.email", "message", "widgetKey", undefined].map(fieldOf), [
      "name",
      "email",
      "message",
      undefined,
      undefined,
    ]);
  });
});

describe("a message", () => {
  test("may have 7000 characters, and is told by how many it is too long", () => {
    assert.equal(messageProblem("x".repeat(7000)), undefined);
    assert.deepEqual(messageProblem("x".repeat(7003)), ["errorMessageLong", { count: 3 }]);
  });

  test("may have 28,000 bytes, as it travels", () => {
    assert.equal(messageProblem("😀".repeat(6999)), undefined);
    assert.deepEqual(messageProblem("😀".repeat(7000)), ["errorMessageBytes"]);
    assert.deepEqual(messageProblem("\u0001".repeat(5000)), ["errorMessageBytes"]);
  });
});
