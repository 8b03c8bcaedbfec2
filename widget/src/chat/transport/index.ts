import type { NativeThread } from "../api";
import type { Credentials } from "../credentials";
import { ApiError } from "../errors";
import { AcsTransport } from "./acs";
import { NativeTransport } from "./native";
import type { Transport } from "./transport";

/** The transport that the session's messaging asks for; raises ApiError where this widget has none for it. */
export function createTransport(credentials: Credentials, thread: NativeThread): Transport {
  const { messaging } = credentials;
  switch (messaging.kind) {
    case "acs":
      return new AcsTransport(credentials, fetch.bind(globalThis));
    case "native":
      return new NativeTransport(messaging, thread);
    default:
      throw new ApiError("not_allowed", 200);
  }
}
