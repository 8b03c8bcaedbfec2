/** What the relay says about the conversation, beside its text. */
export type RelayEvent =
  | "waiting"
  | "connected"
  | "ended"
  | "declined"
  | "noAgent"
  | "undelivered"
  | "transferred"
  | "position"
  | "outOfHours"
  | "edited"
  | "deleted";

/** One message of the thread. */
export interface ThreadMessage {
  readonly id: string;
  /** Position in the thread; the order that everybody sees. */
  readonly sequence: number;
  readonly version: string;
  /** As the service wrote it, for asking it again. */
  readonly createdOn: string;
  readonly text: string;
  readonly senderId: string;
  readonly senderName: string;
  /** Only the visitor's messages carry one. */
  readonly clientMessageId?: string;
  /** Only the relay's messages carry one. */
  readonly kind?: string;
  readonly event?: RelayEvent;
  /** The id of the message of which an event speaks. */
  readonly target?: string;
  /** False for entries such as "participant added", which count in the sequence and are not shown. */
  readonly shown: boolean;
}

export interface OutgoingMessage {
  readonly clientMessageId: string;
  readonly text: string;
  readonly senderName: string | undefined;
}

/** A way to read and write the session's thread; a new one is one file beside this and one line in `index.ts`. */
export interface Transport {
  /** Everything known to be shown, in order. */
  readonly messages: readonly ThreadMessage[];
  /** The visitor's own identity in the thread. */
  readonly userId: string;
  /** Fetches what is new and tells whether anything changed; raises TransportError and keeps all that was known. */
  read(): Promise<boolean>;
  /** Returns once the message is surely in the thread; raises TransportError. */
  send(message: OutgoingMessage): Promise<void>;
}
