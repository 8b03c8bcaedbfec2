import type { RelayEvent, ThreadMessage } from "./transport";

const EVENTS: readonly RelayEvent[] = [
  "waiting",
  "connected",
  "ended",
  "declined",
  "noAgent",
  "undelivered",
  "transferred",
  "position",
  "outOfHours",
  "edited",
  "deleted",
];

type Markings = Pick<ThreadMessage, "clientMessageId" | "kind" | "event" | "target">;

/** What a message says of itself beside its text, as far as this widget knows it. */
export function markings(metadata: Readonly<Record<string, unknown>> | null | undefined): Markings {
  const text = (name: string): string | undefined => {
    const value = metadata?.[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const event = EVENTS.find((known) => known === metadata?.["event"]);
  const [clientMessageId, kind, target] = ["clientMessageId", "kind", "target"].map(text);
  return {
    ...(clientMessageId ? { clientMessageId } : {}),
    ...(kind ? { kind } : {}),
    ...(event ? { event } : {}),
    ...(target ? { target } : {}),
  };
}
