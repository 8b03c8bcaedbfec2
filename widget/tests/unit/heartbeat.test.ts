import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiError } from "../../src/chat/errors";
import { Heartbeat, sayGoodbye } from "../../src/chat/heartbeat";
import { ManualClock, settled } from "./fakes";

const KEY = { sessionId: "s1", sessionToken: "secret" };

/** A heart whose next beats fail like this, and when it beat, in seconds since the start. */
function subject(faults: ApiError[] = []) {
  const clock = new ManualClock();
  clock.random = () => 1;
  const start = clock.now();
  const beats: number[] = [];
  const heard: string[] = [];
  const api = {
    heartbeat: (_: unknown, leaving: boolean) => {
      beats.push((clock.now() - start) / 1000);
      const fault = faults.shift();
      if (leaving) heard.push("leaving");
      return fault ? Promise.reject(fault) : Promise.resolve({ recoverUntil: "later" });
    },
  };
  const listener = {
    newest: () => undefined,
    recoverUntil: () => heard.push("until"),
    ended: () => heard.push("ended"),
  };
  return { clock, beats, heard, api, heart: new Heartbeat(api, KEY, clock, listener) };
}

describe("signs of life", () => {
  test("are given at once and then every minute", async () => {
    const { clock, beats, heart } = subject();
    void heart.run();
    await clock.pass(125_000);
    assert.deepEqual(beats, [0, 60, 120]);
  });

  test("that are not heard are repeated soon, ever later, because agents are asked only after the first", async () => {
    const { clock, beats, heart } = subject([new ApiError("try_again", 0), new ApiError("try_again", 503)]);
    void heart.run();
    await clock.pass(30_000);
    assert.deepEqual(beats, [0, 1, 3]);
  });

  test("wait as long as the server asks", async () => {
    const { clock, beats, heart } = subject([new ApiError("busy", 429, 20)]);
    void heart.run();
    await clock.pass(30_000);
    assert.deepEqual(beats, [0, 20]);
  });

  test("come at once after a sleep, and not twice", async () => {
    const { clock, beats, heart } = subject();
    void heart.run();
    await settled();
    clock.time += 7_200_000;
    heart.wakeUp();
    await settled();
    heart.wakeUp();
    await settled();
    assert.deepEqual(beats, [0, 7200]);
  });

  test("tell of the end, and stop when told to", async () => {
    const { clock, beats, heard, heart } = subject([new ApiError("ended", 410)]);
    void heart.run();
    await settled();
    heart.stop();
    await clock.pass(120_000);
    assert.deepEqual([beats, heard], [[0], ["ended"]]);
  });

  test("end with a goodbye that nobody waits for", async () => {
    const { heard, api } = subject([new ApiError("try_again", 0)]);
    sayGoodbye(api, KEY);
    await settled();
    assert.deepEqual(heard, ["leaving"]);
  });
});
