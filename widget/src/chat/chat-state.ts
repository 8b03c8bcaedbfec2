import type { Contact } from "./api";
import type { ApiError } from "./errors";
import type { FormValues } from "./form-rules";
import type { LiveView } from "./live-session";
import type { StoredMessage } from "./store";

/** All that is drawn. */
export interface ChatState {
  readonly phase: "loading" | "unavailable" | "form" | "left" | "chat" | "ended";
  readonly contact: Contact | undefined;
  /** Of the conversation that runs, or ran last. */
  readonly sessionId: string | undefined;
  /** Why there is no form, or why the last start did not work. */
  readonly problem: ApiError | undefined;
  readonly starting: boolean;
  /** The form appears because an earlier session is over. */
  readonly previousEnded: boolean;
  /** What the visitor typed last; never stored. */
  readonly form: FormValues;
  readonly live: LiveView | undefined;
  /** The first message, which the server puts into the thread, until it was read there. */
  readonly opening: StoredMessage | undefined;
  /** The conversation was taken up again rather than started here. */
  readonly recovered: boolean;
  readonly ending: "no" | "busy" | "failed";
  /** Sequence up to which the visitor has read. */
  readonly readUpTo: number;
}

/** What every phase begins with. */
export const AT_REST = {
  live: undefined,
  opening: undefined,
  problem: undefined,
  starting: false,
  ending: "no",
} as const;
