import type { PlainMessage } from "../api";
import { markings } from "./markings";
import type { ThreadMessage } from "./transport";

/** A message of the deployment's own store, which needs hardly any reading. */
export function parsePlainMessage(message: PlainMessage): ThreadMessage {
  const { id, sequence, createdOn, text, senderId, senderName, metadata } = message;
  const marked = markings(metadata);
  const shown = text !== "" || marked.event !== undefined;
  return { id, sequence, version: text, createdOn, text, senderId, senderName, shown, ...marked };
}
