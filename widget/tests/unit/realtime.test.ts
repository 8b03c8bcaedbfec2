import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Access, RealtimeAccess } from "../../src/chat/api";
import { ApiError } from "../../src/chat/errors";
import { Realtime } from "../../src/chat/realtime";
import { ACCESS, FakeClock, settled } from "./fakes";

/** A realtime whose connections follow `outcomes`: refused, or lost at once; then it stops itself. */
async function run(
  outcomes: readonly ("refused" | "lost")[],
  renewals: readonly (RealtimeAccess | ApiError | undefined)[] = [],
) {
  const clock = new FakeClock();
  const tokens: string[] = [];
  let nudges = 0;
  let renewed = 0;
  const renew = (): Promise<Access> => {
    const answer = renewals[renewed] ?? { url: "https://hub.example", accessToken: `fresh ${renewed + 1}` };
    const none = renewed in renewals && renewals[renewed] === undefined;
    renewed += 1;
    if (answer instanceof ApiError) return Promise.reject(answer);
    return Promise.resolve({ messaging: ACCESS, ...(none ? {} : { realtime: answer }) });
  };
  const realtime: Realtime = new Realtime(
    { realtime: { url: "https://hub.example", accessToken: "first" }, renew },
    clock,
    ({ accessToken }) => {
      const outcome = outcomes[tokens.length];
      tokens.push(accessToken);
      if (outcome === undefined) realtime.stop();
      return outcome === "lost"
        ? Promise.resolve({ closed: Promise.resolve(), stop: () => undefined })
        : Promise.reject(new Error("refused"));
    },
    () => (nudges += 1),
  );
  await realtime.run();
  await settled();
  return { tokens, slept: clock.slept, nudges };
}

describe("the realtime connection", () => {
  test("is made again with fresh access each time, ever later while it is refused", async () => {
    const { tokens, slept } = await run(["refused", "refused", "refused"]);
    assert.deepEqual(tokens, ["first", "fresh 1", "fresh 2", "fresh 3"]);
    assert.deepEqual(slept, [2000, 4000, 8000]);
  });

  test("makes the reader look when it is there, and when it is lost", async () => {
    assert.equal((await run(["lost"])).nudges, 2);
  });

  test("goes on with the old access where our API cannot be reached", async () => {
    assert.deepEqual((await run(["refused"], [new ApiError("try_again", 0)])).tokens, ["first", "first"]);
  });

  test("is given up where the server offers it no more", async () => {
    assert.deepEqual((await run(["refused"], [undefined])).tokens, ["first"]);
    assert.deepEqual((await run(["refused"], [new ApiError("ended", 410)])).tokens, ["first"]);
  });
});
