import { markings } from "./markings";
import type { ThreadMessage } from "./transport";

interface AcsMessage {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly sequenceId?: unknown;
  readonly version?: unknown;
  readonly createdOn?: unknown;
  readonly deletedOn?: unknown;
  readonly senderDisplayName?: unknown;
  readonly content?: { readonly message?: unknown } | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly senderCommunicationIdentifier?: {
    readonly rawId?: unknown;
    readonly communicationUser?: { readonly id?: unknown } | null;
  } | null;
}

/** One entry of a chat thread as the service lists it; undefined where it is no message at all. */
export function parseMessage(raw: unknown): ThreadMessage | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const message: AcsMessage = raw;
  const sequence = Number(message.sequenceId);
  const id = string(message.id);
  if (!id || !Number.isFinite(sequence)) return undefined;
  const { metadata, senderCommunicationIdentifier: sender } = message;
  const marked = markings(metadata);
  const text = string(message.content?.message);
  const spoken = message.type === "text" || message.type === "html";
  return {
    id,
    sequence,
    version: string(message.version),
    createdOn: string(message.createdOn),
    text,
    senderId: string(sender?.rawId) || string(sender?.communicationUser?.id),
    senderName: string(message.senderDisplayName),
    shown: spoken && !message.deletedOn && (text !== "" || marked.event !== undefined),
    ...marked,
  };
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}
