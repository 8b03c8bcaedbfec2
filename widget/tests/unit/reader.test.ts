import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TransportError } from "../../src/chat/errors";
import { Reader } from "../../src/chat/reader";
import { FakeClock, settled } from "./fakes";

/** A reader that stops itself after `most` reads; each read follows the next of `faults`. */
async function run(
  most: number,
  faults: readonly (TransportError | undefined)[],
  during?: (reader: Reader, read: number) => void,
) {
  const clock = new FakeClock();
  let reads = 0;
  const failures: number[] = [];
  const reader: Reader = new Reader(
    clock,
    () => {
      reads += 1;
      during?.(reader, reads);
      if (reads >= most) reader.stop();
      const fault = faults[reads - 1];
      return fault ? Promise.reject(fault) : Promise.resolve();
    },
    () => 2000,
    () => failures.push(reader.failures),
  );
  reader.start();
  await settled();
  return { reads, slept: clock.slept, failures };
}

describe("reading again and again", () => {
  test("keeps the interval", async () => {
    assert.deepEqual((await run(3, [])).slept.slice(0, 2), [2000, 2000]);
  });

  test("waits longer with every failure, and counts them until a read works", async () => {
    const { slept, failures } = await run(4, [new TransportError("unknown"), new TransportError("unknown"), undefined]);
    assert.deepEqual(slept.slice(0, 3), [2000, 4000, 2000]);
    assert.deepEqual(failures.slice(0, 3), [1, 2, 0]);
  });

  test("waits as long as the service asks, and a nudge does not shorten that", async () => {
    const { slept } = await run(2, [new TransportError("throttled", 9)], (reader, read) => read === 1 && reader.now());
    assert.equal(slept[0], 9000);
  });

  test("a nudge during a read brings one more at once", async () => {
    const { slept, reads } = await run(2, [], (reader, read) => read === 1 && reader.now());
    assert.equal(reads, 2);
    assert.equal(slept.length, 1);
  });
});
