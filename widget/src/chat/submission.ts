import type { ContactReference } from "../shared/options";
import type { StartedSession, WidgetApi } from "./api";
import { backoff, randomId, type Clock } from "./clock";
import { ApiError } from "./errors";
import type { FormValues } from "./form-rules";
import { wellFormed } from "./limits";
import type { StoredMessage } from "./store";

const ATTEMPTS = 3;

export interface SubmissionParts {
  readonly api: WidgetApi;
  readonly clock: Clock;
  readonly widgetKey: string;
  readonly contact: ContactReference;
  readonly locale: () => string;
  /** Custom parameters, always up to date. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly accessToken: () => Promise<string | undefined>;
}

/** Sends the form, patiently; the same contents sent again are the same thing to the server. */
export class Submission {
  private attempt: { readonly contents: string; readonly idempotencyKey: string } | undefined;

  constructor(
    private readonly parts: SubmissionParts,
    private readonly demandsProof: () => boolean,
  ) {}

  /** Starts a session; its first message is in the thread, or will be. Raises ApiError. */
  start(form: FormValues, given?: Given): Promise<StartedSession & { readonly opening: StoredMessage }> {
    const { api, clock, widgetKey, contact } = this.parts;
    const parameters = { ...this.parts.parameters };
    const more = Object.keys(parameters).length > 0 ? { parameters } : {};
    return this.submit("start", form, given, more, async (request) => {
      const started = await api.start(widgetKey, contact, request);
      const opening = { clientMessageId: request.idempotencyKey, text: request.message, at: clock.now() };
      return { ...started, opening };
    });
  }

  /** Leaves a message where nobody is there; raises ApiError. */
  leave(form: FormValues, given?: Given): Promise<unknown> {
    const { api, widgetKey, contact } = this.parts;
    return this.submit("leave", form, given, {}, (request) => api.leave(widgetKey, contact, request));
  }

  /** Tries again while only the way is at fault. */
  async patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const { clock } = this.parts;
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "try_again" || attempt >= ATTEMPTS) throw error;
        await clock.sleep(error.retryAfter ? error.retryAfter * 1000 : backoff(clock, attempt - 1));
      }
    }
  }

  private async submit<More extends object, Answer>(
    kind: "start" | "leave",
    form: FormValues,
    given: Given | undefined,
    more: More,
    send: (request: ReturnType<typeof contentsOf> & More & Proofs) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const accessToken = await this.accessToken();
      const contents = contentsOf(form);
      const idempotencyKey = this.keyFor(JSON.stringify([kind, contents, more]));
      const proofs = {
        language: this.parts.locale(),
        idempotencyKey,
        ...(accessToken ? { accessToken } : {}),
        ...(given?.challengeToken ? { challengeToken: given.challengeToken } : {}),
        ...(given?.consent ? { consent: given.consent } : {}),
      };
      const answer = await this.patiently(() => send({ ...contents, ...more, ...proofs }));
      this.attempt = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What may have got through keeps its key, and what was turned away before anything was made of it does too: proofs
      // that count once were given for this key. A key that was used up (409) is as good as none.
      const keeps =
        ["try_again", "busy"].includes(error.code) || ["challengeToken", "consent"].includes(error.field ?? "");
      if (!keeps || error.status === 409) this.attempt = undefined;
      const unproven = error.code === "not_allowed" && this.demandsProof();
      throw unproven ? new ApiError("not_allowed", error.status, undefined, "accessToken") : error;
    }
  }

  /** What the page's own function says; if it fails, the visitor may try again, or has to sign in there first. */
  private async accessToken(): Promise<string | undefined> {
    try {
      return await this.parts.accessToken();
    } catch {
      throw new ApiError(this.demandsProof() ? "not_allowed" : "try_again", 200);
    }
  }

  private keyFor(contents: string): string {
    if (this.attempt?.contents !== contents) this.attempt = { contents, idempotencyKey: randomId() };
    return this.attempt.idempotencyKey;
  }
}

/** What the visitor gives beside the form: a solved challenge, and the digest of the notice agreed to. */
export interface Given {
  readonly challengeToken?: string | undefined;
  readonly consent?: string | undefined;
}

interface Proofs {
  readonly language: string;
  readonly idempotencyKey: string;
  readonly accessToken?: string;
  readonly challengeToken?: string;
  readonly consent?: string;
}

function contentsOf({ name, email, message }: FormValues) {
  return {
    customer: { displayName: wellFormed(name.trim()), email: email.trim() },
    message: wellFormed(message.trim()),
  };
}
