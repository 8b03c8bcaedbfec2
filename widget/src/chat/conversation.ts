import type { ContactReference } from "../shared/options";
import type { StoredSession } from "../shared/stored-session";
import type { Access, SessionState, WidgetApi } from "./api";
import { AT_REST, type ChatState } from "./chat-state";
import { backoff, randomId, type Clock } from "./clock";
import { Credentials } from "./credentials";
import { ApiError } from "./errors";
import { formProblems, type FormValues } from "./form-rules";
import { isOver, LiveSession } from "./live-session";
import { Observable } from "./observable";
import type { SessionStore, StoredMessage } from "./store";
import { createTransport } from "./transport";

export interface ConversationParts {
  readonly api: WidgetApi;
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly widgetKey: string;
  readonly contact: ContactReference;
  readonly locale: () => string;
  /** Custom parameters, always up to date. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly realtime: boolean;
  readonly accessToken: () => Promise<string | undefined>;
}

const START_ATTEMPTS = 3;

/** From the empty form to the end of the session and round again. */
export class Conversation {
  readonly state: Observable<ChatState>;
  private session: LiveSession | undefined;
  private stored: StoredSession | undefined;
  private attempt: { readonly contents: string; readonly idempotencyKey: string } | undefined;
  private readonly unwatch: () => void;
  private loading: Promise<void> = Promise.resolve();
  private attempting: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly parts: ConversationParts) {
    this.state = new Observable<ChatState>({
      phase: "loading",
      contact: undefined,
      sessionId: undefined,
      previousEnded: false,
      form: { name: "", email: "", message: "" },
      recovered: false,
      readUpTo: parts.store.readUpTo,
      ...AT_REST,
    });
    this.unwatch = parts.store.watch(() => this.followOtherTabs());
    addEventListener("online", this.backOnline);
  }

  /** Takes up the stored session, or offers the form; also the way out of `unavailable`. */
  load(): Promise<void> {
    return (this.loading = this.take());
  }

  /** What the page knows of the visitor goes into the form; with all of it, and nothing else to ask, the chat begins. */
  async propose(known: Partial<FormValues>): Promise<void> {
    await this.loading;
    if (this.state.value.phase === "ended") this.restart();
    await this.loading;
    if (this.state.value.phase !== "form" || this.state.value.starting) return;
    const form = { ...this.state.value.form, ...known };
    this.state.update({ form });
    const { consent, challenge } = this.state.value.contact?.widget ?? {};
    const complete = known.name && known.email && known.message && Object.keys(formProblems(form)).length === 0;
    if (complete && !consent && !challenge) await this.start(form);
  }

  /** Tells the conversation that runs of new parameters, if there is one; raises ApiError. */
  async tell(parameters: Readonly<Record<string, string>>): Promise<void> {
    await this.loading;
    // A start under way may have been sent without them.
    await this.attempting;
    const { stored } = this;
    if (stored && Object.keys(parameters).length > 0 && this.state.value.phase === "chat")
      await this.patiently(() => this.parts.api.parameters(stored, parameters));
  }

  private async take(): Promise<void> {
    this.state.update({ phase: "loading", problem: undefined });
    const session = this.parts.store.session;
    const contact = this.loadContact();
    if (session && (await this.recover(session))) return;
    await contact;
  }

  start(form: FormValues, challengeToken?: string): Promise<void> {
    if (this.state.value.starting) return this.attempting;
    return (this.attempting = this.tryToStart(form, challengeToken));
  }

  private async tryToStart(form: FormValues, challengeToken: string | undefined): Promise<void> {
    const { api, store, clock, widgetKey, contact, locale } = this.parts;
    if (store.session) return this.load();
    this.state.update({ form, starting: true, problem: undefined, previousEnded: false });
    const message = form.message.trim();
    const customer = { displayName: form.name.trim(), email: form.email.trim() };
    try {
      const accessToken = await this.accessToken();
      const parameters = { ...this.parts.parameters };
      const request = {
        customer,
        message,
        language: locale(),
        ...(accessToken ? { accessToken } : {}),
        ...(challengeToken ? { challengeToken } : {}),
        ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
      };
      const idempotencyKey = this.keyFor(JSON.stringify([customer, message, parameters]));
      const started = await this.patiently(() => api.start(widgetKey, contact, { ...request, idempotencyKey }));
      if (this.stopped) return;
      const { sessionId, sessionToken, recoverUntil, state } = started;
      const session = { sessionId, sessionToken, recoverUntil };
      store.begin(session);
      this.attempt = undefined;
      this.state.update({ form: { ...form, message: "" }, recovered: false });
      this.run(session, started, state, undefined, { clientMessageId: idempotencyKey, text: message, at: clock.now() });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What may have got through keeps its key, and what was turned away before anything was made of it does too: proofs
      // that count once were given for this key. A key that was used up (409) is as good as none.
      const keeps = error.code === "try_again" || error.code === "busy" || error.field === "challengeToken";
      if (!keeps || error.status === 409) this.attempt = undefined;
      const unproven = error.code === "not_allowed" && this.demandsProof;
      this.state.update({
        starting: false,
        problem: unproven ? new ApiError("not_allowed", error.status, undefined, "accessToken") : error,
      });
      // The tenant may have set a challenge since the form was shown.
      if (error.field === "challengeToken" && !challengeToken) void this.loadContact(true);
    }
  }

  say(text: string): void {
    this.session?.say(text);
  }

  retry(clientMessageId: string): void {
    this.session?.retry(clientMessageId);
  }

  async end(): Promise<void> {
    await this.loading;
    if (!this.stored || !this.session) return;
    this.state.update({ ending: "busy" });
    try {
      await this.parts.api.end(this.stored);
      this.session.finish();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isOver(error)) this.session.finish();
      else this.state.update({ ending: "failed" });
    }
  }

  /** From the ended conversation back to the form. */
  restart(): void {
    this.state.update({ ...AT_REST, phase: this.state.value.contact ? "form" : "loading", previousEnded: false });
    if (!this.state.value.contact) void this.load();
  }

  /** The visitor looks at the conversation. */
  markRead(): void {
    const last = this.state.value.live?.messages.at(-1)?.sequence ?? 0;
    if (last <= this.state.value.readUpTo) return;
    if (this.stored) this.parts.store.readUpTo = last;
    this.state.update({ readUpTo: last });
  }

  stop(): void {
    this.stopped = true;
    this.unwatch();
    removeEventListener("online", this.backOnline);
    this.session?.stop();
  }

  private readonly backOnline = (): void => {
    if (this.state.value.phase === "unavailable") void this.load();
  };

  /** What the page's own function says; if it fails, the visitor may try again, or has to sign in there first. */
  private async accessToken(): Promise<string | undefined> {
    try {
      return await this.parts.accessToken();
    } catch {
      throw new ApiError(this.demandsProof ? "not_allowed" : "try_again", 200);
    }
  }

  private get demandsProof(): boolean {
    return this.state.value.contact?.widget?.accessTokenRequired ?? false;
  }

  private keyFor(contents: string): string {
    if (this.attempt?.contents !== contents) this.attempt = { contents, idempotencyKey: randomId() };
    return this.attempt.idempotencyKey;
  }

  private async patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "try_again" || attempt >= START_ATTEMPTS) throw error;
        await this.parts.clock.sleep(
          error.retryAfter ? error.retryAfter * 1000 : backoff(this.parts.clock, attempt - 1),
        );
      }
    }
  }

  /** `again`: also where it is known already. */
  private async loadContact(again = false): Promise<void> {
    try {
      const known = again ? undefined : this.state.value.contact;
      const contact =
        known ?? (await this.parts.api.contact(this.parts.widgetKey, this.parts.contact, this.parts.locale()));
      this.state.update({ contact });
      if (this.state.value.phase === "loading" && !this.parts.store.session) this.state.update({ phase: "form" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.state.value.phase === "loading" && !this.parts.store.session)
        this.state.update({ phase: "unavailable", problem: error });
    }
  }

  /** The state first, then a token, then messages; false where the session is over and the form may come. */
  private async recover(session: StoredSession): Promise<boolean> {
    const { api, store } = this.parts;
    try {
      const status = await this.patiently(() => api.status(session));
      if (status.state === "ended") throw new ApiError("ended", 200);
      store.amend(session.sessionId, { recoverUntil: status.recoverUntil });
      const access = await this.patiently(() => api.access(session));
      if (this.stopped) return true;
      const { contact } = this.state.value;
      this.state.update({
        recovered: true,
        contact: contact ?? { ...this.parts.contact, displayName: status.displayName },
      });
      this.run(session, access, status.state, status.agentDisplayName, undefined);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!isOver(error)) {
        this.state.update({ phase: "unavailable", problem: error });
        return true;
      }
      store.clear(session.sessionId);
      this.state.update({ previousEnded: true });
      if (this.state.value.contact) this.state.update({ phase: "form" });
      return false;
    }
  }

  private run(
    session: StoredSession,
    access: Access,
    state: SessionState,
    agentName: string | undefined,
    opening: StoredMessage | undefined,
  ): void {
    const { api, store, clock, realtime } = this.parts;
    this.session?.stop();
    this.stored = session;
    const credentials = new Credentials(api, session, clock, access);
    const live = new LiveSession({
      session,
      state,
      agentName,
      credentials,
      api,
      store,
      clock,
      realtime,
      customerName: this.state.value.form.name.trim() || undefined,
      transport: createTransport(credentials, api.thread(session)),
      changed: (view) => {
        if (this.session === live) this.state.update({ live: view });
      },
      ended: () => {
        store.clear(session.sessionId);
        if (this.session !== live) return;
        this.state.update({ phase: "ended", ending: "no" });
        // Another tab may have started the next one already.
        if (store.session) void this.load();
      },
    });
    this.session = live;
    const { sessionId } = session;
    this.state.update({ ...AT_REST, phase: "chat", sessionId, opening, readUpTo: store.readUpTo });
    live.start();
  }

  private followOtherTabs(): void {
    const { store } = this.parts;
    const { session } = store;
    const { phase, readUpTo } = this.state.value;
    if (store.readUpTo > readUpTo) this.state.update({ readUpTo: store.readUpTo });
    if (session && (phase === "form" || phase === "ended" || phase === "unavailable")) void this.load();
    else if (phase === "chat" && session?.sessionId !== this.stored?.sessionId) void this.session?.checkState();
  }
}
