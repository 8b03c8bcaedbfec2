import type { Clock } from "./clock";
import { TransportError } from "./errors";
import type { Transport } from "./transport/transport";

/** So long the last messages of a conversation may take to be read before it is shown as ended. */
const PATIENCE_MS = 4000;
const PAUSE_MS = 500;

/**
 * Reads what was said last, once the session is known to be over; true where that was possible. The thread can be read a
 * little longer than the session lasts; where it cannot, the end waits for nothing.
 */
export async function readLastWords(transport: Transport, clock: Clock, stopped: () => boolean): Promise<boolean> {
  const until = clock.now() + PATIENCE_MS;
  while (!stopped()) {
    const outcome = await Promise.race([attempt(transport), clock.sleep(until - clock.now())]);
    if (outcome === "read") return true;
    if (outcome === undefined || outcome.kind === "gone") return false;
    const pause = (outcome.retryAfter ?? 0) * 1000 || PAUSE_MS;
    if (clock.now() + pause >= until) return false;
    await clock.sleep(pause);
  }
  return false;
}

async function attempt(transport: Transport): Promise<"read" | TransportError> {
  try {
    await transport.read();
    return "read";
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  }
}
