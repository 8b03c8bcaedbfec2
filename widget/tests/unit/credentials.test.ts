import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Access } from "../../src/chat/api";
import { Credentials } from "../../src/chat/credentials";
import { ApiError } from "../../src/chat/errors";
import { ACCESS, FakeClock } from "./fakes";

function subject(...answers: (Access | ApiError)[]) {
  const clock = new FakeClock();
  let calls = 0;
  const api = {
    access: () => {
      calls += 1;
      const answer = answers.shift() ?? new ApiError("try_again", 0);
      return answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const credentials = new Credentials(api, { sessionId: "s1", sessionToken: "t" }, clock, { messaging: ACCESS });
  return { credentials, clock, calls: () => calls };
}

const FRESH: Access = { messaging: { ...ACCESS, token: "second" } };

describe("renewing access", () => {
  test("happens once for all who ask at the same time", async () => {
    const { credentials, calls } = subject(FRESH);
    await Promise.all([credentials.renew(ACCESS), credentials.renew(ACCESS), credentials.renew(ACCESS)]);
    assert.equal(calls(), 1);
    assert.deepEqual(credentials.messaging, FRESH.messaging);
  });

  test("does not happen for somebody who still holds the access before", async () => {
    const { credentials, calls } = subject(FRESH);
    await credentials.renew(ACCESS);
    await credentials.renew(ACCESS);
    assert.equal(calls(), 1);
  });

  test("is tried four times, ever later, while it may yet work", async () => {
    const { credentials, clock, calls } = subject();
    await assert.rejects(credentials.renew(), ApiError);
    assert.equal(calls(), 4);
    assert.deepEqual(clock.slept, [1000, 2000, 4000]);
  });

  test("waits as long as the server asks", async () => {
    const { credentials, clock } = subject(new ApiError("busy", 429, 7), FRESH);
    await credentials.renew();
    assert.deepEqual(clock.slept, [7000]);
  });

  test("ends at a clear no", async () => {
    const { credentials, calls } = subject(new ApiError("ended", 410));
    await assert.rejects(credentials.renew(), (error) => error instanceof ApiError && error.code === "ended");
    assert.equal(calls(), 1);
  });
});
