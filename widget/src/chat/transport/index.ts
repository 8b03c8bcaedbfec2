import type { Credentials } from "../credentials";
import { ApiError } from "../errors";
import { AcsTransport } from "./acs";
import type { Transport } from "./transport";

/** The transport that the session's messaging asks for; raises ApiError where this widget has none for it. */
export function createTransport(credentials: Credentials): Transport {
  const { messaging } = credentials;
  if (messaging.kind === "acs") return new AcsTransport(credentials, fetch.bind(globalThis));
  throw new ApiError("not_allowed", 200);
}
