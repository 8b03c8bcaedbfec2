import type { ChatTexts } from "../texts";
import { fill } from "../texts";
import type { ChatState } from "./chat-state";
import { plainName } from "./linkify";
import type { ThreadMessage } from "./transport/transport";

/** One line of the conversation as it is drawn. */
export interface Entry {
  readonly key: string;
  readonly author: "visitor" | "agent" | "system";
  readonly name: string;
  readonly text: string;
  readonly at: number;
  readonly sequence: number;
  /** Only for an agent's message that was changed or deleted later. */
  readonly revised?: "edited" | "deleted";
  /** Only for the visitor's own messages. */
  readonly delivery?: "sending" | "sent" | "failed" | "read";
  /** The last one that the agent has read. */
  readonly lastRead?: true;
}

/** The conversation in reading order: what the thread shows, then what is on its way. */
export function entriesOf({ live, opening, contact }: ChatState, texts: ChatTexts): readonly Entry[] {
  const entries: Entry[] = [];
  const posted = live?.messages.some(({ clientMessageId }) => clientMessageId === opening?.clientMessageId);
  if (opening && !posted) entries.push(own(opening.clientMessageId, opening.text, opening.at, "sent"));
  for (const message of live?.messages ?? []) {
    const entry = fromThread(message, live?.userId ?? "", contact?.displayName ?? "", texts);
    if (entry) entries.push(entry);
  }
  markRead(entries, Date.parse(live?.readUntil ?? ""));
  for (const { clientMessageId, text, at, status } of live?.pending ?? []) {
    entries.push(own(clientMessageId, text, at, status));
  }
  return entries;
}

/** How many messages the visitor has not seen. */
export function unreadIn(entries: readonly Entry[], readUpTo: number): number {
  return entries.filter(({ author, sequence }) => author === "agent" && sequence > readUpTo).length;
}

function markRead(entries: Entry[], readUntil: number): void {
  const isRead = ({ author, at }: Entry): boolean => author === "visitor" && at <= readUntil;
  const last = entries.findLastIndex(isRead);
  entries.forEach((entry, index) => {
    if (isRead(entry)) entries[index] = { ...entry, delivery: "read", ...(index === last ? { lastRead: true } : {}) };
  });
}

function own(clientMessageId: string, text: string, at: number, delivery: NonNullable<Entry["delivery"]>): Entry {
  return { key: clientMessageId, author: "visitor", name: "", text, at, sequence: 0, delivery };
}

function fromThread(message: ThreadMessage, userId: string, contactName: string, texts: ChatTexts): Entry | undefined {
  const { clientMessageId, id, sequence, createdOn } = message;
  const at = Date.parse(createdOn);
  if (isOwn(message, userId)) {
    // The same key as while it was on its way, so that the bubble stays in place.
    return { ...own(clientMessageId ?? id, message.text, at, "sent"), sequence };
  }
  const name = plainName(message.senderName) || contactName;
  const { event } = message;
  const author = event === "edited" || !(message.kind === "system" || event) ? "agent" : "system";
  const text = message.text || eventText(message, name, texts);
  if (text === "") return undefined;
  const entry: Entry = { key: id, author, name, text, at, sequence };
  return event === "edited" || event === "deleted" ? { ...entry, revised: event } : entry;
}

/** What the catalogue says of an event that came without a text. */
function eventText({ event }: ThreadMessage, agent: string, texts: ChatTexts): string {
  switch (event) {
    case "connected":
      return agent ? fill(texts.agentJoined, { agent }) : texts.someoneJoined;
    case "ended":
      return texts.chatEnded;
    case "declined":
      return texts.chatDeclined;
    case "noAgent":
      return texts.nobodyAvailable;
    case "undelivered":
      return texts.undelivered;
    default:
      return "";
  }
}

/** Whether the visitor wrote this message; another tab or an earlier page may have sent it. */
function isOwn(message: { senderId: string; clientMessageId?: string; kind?: string }, userId: string): boolean {
  return message.senderId === userId || message.clientMessageId !== undefined || message.kind === "customer";
}
