import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { WidgetApi } from "../../src/chat/api";
import { ApiError } from "../../src/chat/errors";

const KEY = { sessionId: "s/1", sessionToken: "secret" };

function subject(response: Response | Error) {
  const calls: { url: string; init: RequestInit }[] = [];
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    calls.push({ url, init });
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  };
  return { api: new WidgetApi("https://interact.example/api/widget/v1/", fetch as typeof globalThis.fetch), calls };
}

const problem = (status: number, body: object, headers = {}): Response =>
  Response.json({ status, ...body }, { status, headers });

async function errorOf(response: Response | Error): Promise<ApiError> {
  const error: unknown = await subject(response)
    .api.status(KEY)
    .catch((reason: unknown) => reason);
  assert.ok(error instanceof ApiError);
  return error;
}

describe("the widget API", () => {
  test("gets the session's token in a header, never in the address", async () => {
    const { api, calls } = subject(Response.json({ state: "waiting" }));
    await api.status(KEY);
    assert.equal(calls[0]?.url, "https://interact.example/api/widget/v1/sessions/s%2F1");
    assert.equal(new Headers(calls[0].init.headers).get("authorization"), "Bearer secret");
  });

  test("asks for services and users by their own names", async () => {
    const { api, calls } = subject(Response.json({ kind: "user" }));
    await api.contact("k", { kind: "user", id: "u 1" }, "de-CH");
    assert.equal(
      calls[0]?.url,
      "https://interact.example/api/widget/v1/contact?widgetKey=k&contactId=u+1&language=de-CH",
    );
  });

  test("hears a goodbye that outlives the page", async () => {
    const { api, calls } = subject(Response.json({ recoverUntil: "2026-03-02T10:00:00Z" }));
    await api.heartbeat(KEY, true);
    assert.equal(calls[0]?.init.keepalive, true);
    assert.equal(calls[0].init.body, '{"leaving":true}');
  });

  test("names the newest message with a sign of life, should nobody have told of it", async () => {
    const { api, calls } = subject(Response.json({ recoverUntil: "2026-03-02T10:00:00Z" }));
    await api.heartbeat(KEY, false, "1795404578618");
    assert.equal(calls[0]?.init.body, '{"leaving":false,"lastMessage":"1795404578618"}');
  });
});

describe("a preview link", () => {
  test("is named in a header where the page asks to be let in, and nowhere else", async () => {
    const headers: Headers[] = [];
    const addresses: string[] = [];
    const fetch = (url: string, init: RequestInit): Promise<Response> => {
      addresses.push(url);
      headers.push(new Headers(init.headers));
      return Promise.resolve(Response.json({}));
    };
    const api = new WidgetApi("https://interact.example/api/widget/v1", fetch as typeof globalThis.fetch, "sealed");
    await api.contact("k", { kind: "service", id: "s" }, "en");
    const form = { customer: { displayName: "Carla", email: "c@customer.example" }, message: "Hello" };
    await api.start("k", { kind: "service", id: "s" }, { ...form, idempotencyKey: "i", language: "en" });
    await api.leave("k", { kind: "service", id: "s" }, { ...form, idempotencyKey: "i", language: "en" });
    await api.status(KEY);
    assert.deepEqual(
      headers.map((sent) => sent.get("interact-preview")),
      ["sealed", "sealed", null, null],
    );
    assert.ok(addresses.every((address) => !address.includes("sealed")));
  });
});

test("a refusal tells the page's developers once how an administrator finds out why", async (t) => {
  const warn = t.mock.method(console, "warn", () => undefined);
  for (const diagnosis of ["first", "second"]) {
    const refused = problem(403, { code: "not_allowed", diagnosis });
    const error: unknown = await subject(refused)
      .api.contact("k", { kind: "service", id: "s" }, "en")
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof ApiError);
  }
  assert.deepEqual(
    warn.mock.calls.map(({ arguments: said }) => said),
    [["Interact: refused. Administrators find out why: interact diagnose --id first"]],
  );
});

describe("an error", () => {
  test("keeps the server's code, wait and field", async () => {
    const error = await errorOf(problem(429, { code: "busy", retryAfter: 12, field: "customer.email" }));
    assert.deepEqual([error.code, error.status, error.retryAfter, error.field], ["busy", 429, 12, "customer.email"]);
  });

  test("takes the wait from the header where the body has none", async () => {
    assert.equal((await errorOf(problem(503, { code: "try_again" }, { "retry-after": "5" }))).retryAfter, 5);
  });

  test("without an answer is one of the network", async () => {
    const error = await errorOf(new TypeError("Failed to fetch"));
    assert.deepEqual([error.code, error.network], ["try_again", true]);
  });

  for (const [status, code] of [
    [400, "invalid"],
    [401, "not_allowed"],
    [403, "not_allowed"],
    [404, "not_allowed"],
    [410, "ended"],
    [429, "busy"],
    [500, "try_again"],
    [502, "try_again"],
  ] as const) {
    test(`of status ${status} with a foreign body counts as ${code}`, async () => {
      assert.equal((await errorOf(new Response("<html>", { status }))).code, code);
    });
  }

  test("is also a success that cannot be read", async () => {
    assert.equal((await errorOf(new Response("<html>", { status: 200 }))).code, "try_again");
  });
});
