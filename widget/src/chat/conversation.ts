import type { StoredSession } from "../shared/stored-session";
import type { Contact, WidgetApi } from "./api";
import { AT_REST, type ChatState } from "./chat-state";
import { ApiError, isOver } from "./errors";
import { formProblems, type FormValues } from "./form-rules";
import { Observable } from "./observable";
import { SharedSession, type Beginning } from "./shared-session";
import type { SessionStore, StoredMessage } from "./store";
import { Submission, type Given, type SubmissionParts } from "./submission";

export interface ConversationParts extends SubmissionParts {
  readonly api: WidgetApi;
  readonly store: SessionStore;
  readonly realtime: boolean;
}

/** From the empty form to the end of the session and round again. */
export class Conversation {
  readonly state: Observable<ChatState>;
  private readonly submission: Submission;
  private session: SharedSession | undefined;
  private stored: StoredSession | undefined;
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
    const demandsProof = (): boolean => this.state.value.contact?.widget?.accessTokenRequired ?? false;
    this.submission = new Submission(parts, demandsProof);
    this.unwatch = parts.store.watch(() => this.followOtherTabs());
    addEventListener("online", this.backOnline);
  }

  /** Takes up the stored session, or offers the form; also the way out of `unavailable`. Settles when it shows which. */
  load(): Promise<void> {
    this.state.update({ phase: "loading", problem: undefined });
    const session = this.parts.store.session;
    if (session) this.run(session);
    else void this.loadContact();
    return (this.loading = this.state.until(({ phase }) => phase !== "loading"));
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
      await this.submission.patiently(() => this.parts.api.parameters(stored, parameters));
  }

  start(form: FormValues, given?: Given): Promise<void> {
    if (this.state.value.starting) return this.attempting;
    return (this.attempting = this.tryToStart(form, given));
  }

  private async tryToStart(form: FormValues, given: Given | undefined): Promise<void> {
    if (this.parts.store.session) return this.load();
    await this.submit(form, async () => {
      const started = await this.submission.start(form, given);
      if (this.stopped) return;
      const { sessionId, sessionToken, recoverUntil } = started;
      this.state.update({ form: { ...form, message: "" } });
      this.run({ sessionId, sessionToken, recoverUntil }, started);
    });
    // As above.
    if (this.state.value.problem?.field === "challengeToken" && !given?.challengeToken) void this.loadContact(true);
  }

  /** Leaves a message where nobody is there; what was typed stays until it has arrived. */
  async leave(form: FormValues, given?: Given): Promise<void> {
    if (this.state.value.starting) return;
    await this.submit(form, async () => {
      await this.submission.leave(form, given);
      this.state.update({ ...AT_REST, phase: "left", form: { ...form, message: "" } });
    });
  }

  private async submit(form: FormValues, send: () => Promise<void>): Promise<void> {
    this.state.update({ form, starting: true, problem: undefined, previousEnded: false });
    try {
      await send();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.state.update({ starting: false, problem: error });
      // The tenant may have changed what it asks for since the form was shown.
      if (error.field === "consent") void this.loadContact(true);
    }
  }

  say(text: string): void {
    this.session?.say(text);
  }

  retry(clientMessageId: string): void {
    this.session?.retry(clientMessageId);
  }

  /** What the visitor has typed and not sent. */
  get draft(): string {
    return this.parts.store.draft;
  }

  set draft(text: string) {
    this.parts.store.draft = text;
    if (text !== "") this.session?.typing();
  }

  /** Sounds are of the tab that speaks for all. */
  get mayRing(): boolean {
    return this.session?.leading === true && !this.parts.store.muted;
  }

  get muted(): boolean {
    return this.parts.store.muted;
  }

  set muted(muted: boolean) {
    this.parts.store.muted = muted;
  }

  async end(): Promise<void> {
    await this.loading;
    if (!this.stored || !this.session) return;
    this.state.update({ ending: "busy" });
    try {
      await this.parts.api.end(this.stored);
      this.session.conclude();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isOver(error)) this.session.conclude();
      else this.state.update({ ending: "failed" });
    }
  }

  /** From the ended conversation back to the form. */
  restart(): void {
    this.state.update({ ...AT_REST, phase: this.state.value.contact?.id ? "form" : "loading", previousEnded: false });
    this.refillForm();
    if (this.state.value.phase === "loading") void this.load();
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

  /** Whom the visitor reaches and how, `again` also where it is known; the form where there is no conversation. */
  private async loadContact(again = false): Promise<void> {
    const { api, store, widgetKey, contact: reference, locale } = this.parts;
    const isForm = (): boolean => this.state.value.phase === "loading" && !store.session;
    try {
      const known = again ? undefined : this.state.value.contact;
      this.state.update({ contact: known?.id ? known : await api.contact(widgetKey, reference, locale()) });
      if (isForm()) this.state.update({ phase: "form" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isForm()) this.state.update({ phase: "unavailable", problem: error });
    }
  }

  /** Takes part in `session`, which has just begun here, or began on an earlier page or in another tab. */
  private run(session: StoredSession, beginning?: Beginning & { readonly opening: StoredMessage }): void {
    const { api, store, clock, realtime } = this.parts;
    this.session?.stop();
    this.stored = session;
    const shared: SharedSession = new SharedSession(
      {
        session,
        api,
        store,
        clock,
        realtime,
        customerName: this.state.value.form.name.trim() || undefined,
        contact: () => this.state.value.contact,
        learned: (contact) => this.learn(contact),
        leads: () => void this.loadContact(),
        changed: (live) => {
          if (this.session !== shared) return;
          const { phase } = this.state.value;
          this.state.update({ live, phase: phase === "loading" ? "chat" : phase });
        },
        ended: () => {
          store.clear(session.sessionId);
          if (this.session !== shared) return;
          store.keep(this.state.value.live?.pending.filter(({ status }) => status === "failed") ?? []);
          this.state.update({ phase: "ended", ending: "no" });
          // Another tab may have started the next one already.
          if (store.session) void this.load();
        },
        missed: () => this.miss(session),
        unreachable: (problem) => this.session === shared && this.state.update({ phase: "unavailable", problem }),
      },
      beginning,
    );
    this.session = shared;
    const recovered = beginning === undefined;
    const phase = recovered ? this.state.value.phase : "chat";
    this.state.update({ ...AT_REST, phase, sessionId: session.sessionId, opening: beginning?.opening, recovered });
    shared.start();
    // Only now other tabs hear of it: the lead is this one's.
    if (beginning) store.begin(session);
    this.state.update({ readUpTo: store.readUpTo });
  }

  private learn(contact: Contact | Pick<Contact, "displayName">): void {
    const known = this.state.value.contact;
    if ("id" in contact) this.state.update({ contact: { ...known, ...contact } });
    else this.state.update({ contact: known ?? { kind: this.parts.contact.kind, id: "", ...contact } });
  }

  /** The stored session was over before this page came. */
  private miss(session: StoredSession): void {
    const { store } = this.parts;
    store.keep(store.unsent);
    store.clear(session.sessionId);
    this.refillForm();
    this.state.update({ previousEnded: true });
    void this.loadContact();
  }

  private refillForm(): void {
    const { form } = this.state.value;
    this.state.update({ form: { ...form, message: this.parts.store.draft || form.message } });
    this.parts.store.draft = "";
  }

  private followOtherTabs(): void {
    const { store } = this.parts;
    const { session } = store;
    const { phase, readUpTo } = this.state.value;
    if (store.readUpTo > readUpTo) this.state.update({ readUpTo: store.readUpTo });
    if (session && ["form", "left", "ended", "unavailable"].includes(phase)) void this.load();
    else if (phase === "chat" && session?.sessionId !== this.stored?.sessionId) this.session?.suspect();
  }
}
