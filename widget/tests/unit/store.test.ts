import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SessionStore } from "../../src/chat/store";
import { contactOf, storageKey } from "../../src/shared/options";
import { safeStorage } from "../../src/shared/storage";
import { FakeStorage } from "./fakes";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const SESSION = { sessionId: "s1", sessionToken: "secret", recoverUntil: "2026-03-02T10:10:00Z" };

function subject(storage = new FakeStorage()) {
  return { storage, store: new SessionStore(storage, "key", () => NOW) };
}

describe("the stored session", () => {
  test("is found again", () => {
    const { storage, store } = subject();
    store.begin(SESSION);
    assert.deepEqual(subject(storage).store.session, SESSION);
  });

  test("past its time is still asked for, since the clock may be wrong, but not for ever", () => {
    const { store } = subject();
    store.begin({ ...SESSION, recoverUntil: "2026-03-02T09:00:00Z" });
    assert.equal(store.session?.sessionId, "s1");
    store.begin({ ...SESSION, recoverUntil: "2026-03-01T09:59:59Z" });
    assert.equal(store.session, undefined);
  });

  test("begins without unsent messages and read marks of one before", () => {
    const { store } = subject();
    store.addUnsent({ clientMessageId: "c1", text: "Hello", at: NOW });
    store.readUpTo = 4;
    store.begin(SESSION);
    assert.deepEqual([store.unsent, store.readUpTo], [[], 0]);
  });

  for (const damaged of [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    '{"sessionId":"s1"}',
    '{"sessionId":"s1","sessionToken":"t","recoverUntil":"soon"}',
  ]) {
    test(`is none where ${JSON.stringify(damaged)} is stored`, () => {
      const { storage, store } = subject();
      storage.setItem("key", damaged);
      assert.equal(store.session, undefined);
    });
  }

  test("is not amended by a tab that still holds an older one", () => {
    const { store } = subject();
    store.begin(SESSION);
    store.amend("s0", { recoverUntil: "2026-03-02T11:00:00Z" });
    assert.equal(store.session?.recoverUntil, SESSION.recoverUntil);
    store.amend("s1", { recoverUntil: "2026-03-02T11:00:00Z" });
    assert.equal(store.session.recoverUntil, "2026-03-02T11:00:00Z");
  });

  test("is not cleared by a tab that still holds an older one", () => {
    const { store } = subject();
    store.begin(SESSION);
    store.clear("s0");
    assert.equal(store.session?.sessionId, "s1");
    store.clear("s1");
    assert.equal(store.session, undefined);
  });

  test("takes the unsent messages and the read mark with it", () => {
    const { storage, store } = subject();
    store.begin(SESSION);
    store.addUnsent({ clientMessageId: "c1", text: "Hello", at: NOW });
    store.readUpTo = 4;
    store.clear("s1");
    assert.equal(storage.values.size, 0);
  });
});

describe("unsent messages", () => {
  test("are kept until they are sent", () => {
    const { storage, store } = subject();
    store.addUnsent({ clientMessageId: "c1", text: "one", at: NOW });
    store.addUnsent({ clientMessageId: "c2", text: "two", at: NOW });
    store.removeUnsent("c1");
    assert.deepEqual(
      subject(storage).store.unsent.map(({ text }) => text),
      ["two"],
    );
  });

  test("that are damaged count as none", () => {
    const { storage, store } = subject();
    storage.setItem("key:unsent", "{");
    assert.deepEqual(store.unsent, []);
  });
});

describe("a browser that refuses storage", () => {
  test("is served from memory", () => {
    const storage = safeStorage(() => {
      throw new DOMException("denied", "SecurityError");
    });
    storage.setItem("key", "value");
    assert.equal(storage.getItem("key"), "value");
    storage.removeItem("key");
    assert.equal(storage.getItem("key"), null);
  });

  test("that is full serves what it could not store from memory", () => {
    const real = new FakeStorage();
    real.setItem("key", "old");
    const full = Object.assign(Object.create(real) as FakeStorage, {
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    });
    const storage = safeStorage(() => full);
    storage.setItem("key", "new");
    assert.equal(storage.getItem("key"), "new");
  });
});

describe("the contact of a snippet", () => {
  test("is a service or a user, never both", () => {
    assert.deepEqual(contactOf({ widgetKey: "k", serviceId: "s" }), { kind: "service", id: "s" });
    assert.deepEqual(contactOf({ widgetKey: "k", contactId: "u" }), { kind: "user", id: "u" });
    for (const wrong of [{ serviceId: "s", contactId: "u" }, {}, { serviceId: "" }])
      assert.equal(storageKey({ widgetKey: "k", ...wrong }), undefined);
    assert.equal(storageKey({ widgetKey: "", serviceId: "s" }), undefined);
  });

  test("has a store of its own", () => {
    const keys = [
      storageKey({ widgetKey: "k", serviceId: "1" }),
      storageKey({ widgetKey: "k", contactId: "1" }),
      storageKey({ widgetKey: "l", serviceId: "1" }),
    ];
    assert.equal(new Set(keys).size, 3);
  });
});
