/** Time and chance, replaced in tests. */
export interface Clock {
  now(): number;
  /** Resolves after `milliseconds`, or at once when `signal` is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener("abort", done);
    }),
};

/** Milliseconds before attempt number `attempt` (from 0): doubling up to `most`, spread so that browsers do not return together. */
export function backoff(clock: Clock, attempt: number, first = 1000, most = 30_000): number {
  return Math.min(most, first * 2 ** attempt) * (0.5 + clock.random() / 2);
}

/** 128 random bits, 32 hexadecimal digits. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
