import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { fill } from "../../texts";
import type { Conversation } from "../conversation";
import { entriesOf, unreadIn } from "../entries";
import { plainName } from "../linkify";
import type { Observable } from "../observable";
import { Announcer } from "./Announcer";
import { Banner } from "./Banner";
import { Composer } from "./Composer";
import { useLanguage } from "./context";
import { EndQuestion } from "./EndQuestion";
import { Extras, hasExtras } from "./Extras";
import { useFileRefusal } from "./files";
import { useFocusInside } from "./focus";
import { Header } from "./Header";
import { useAlerts, useObservable, usePageVisible } from "./hooks";
import { Icon } from "./icons";
import { MessageList } from "./MessageList";
import { explain } from "./ProblemNote";
import { QueueLine } from "./QueueLine";
import { StartForm } from "./StartForm";
import { TypingLine } from "./TypingLine";

export interface Visibility {
  readonly open: boolean;
  /** Opened without the visitor's doing: the focus stays where it is until the visitor brings it here. */
  readonly quiet: boolean;
}

interface Props {
  readonly conversation: Conversation;
  readonly visibility: Observable<Visibility>;
  readonly onClose: () => void;
  readonly onUnread: (count: number, text: string) => void;
  /** Whether the panel is open with a conversation that a reload would take up again. */
  readonly onShowing: (showing: boolean) => void;
}

/** The chat's dialog: one of form, conversation and what stands in their place. */
export function Panel({ conversation, visibility, onClose, onUnread, onShowing }: Props): JSX.Element {
  const { texts, locale } = useLanguage();
  const state = useObservable(conversation.state);
  const { open, quiet } = useObservable(visibility);
  const pageVisible = usePageVisible();
  const [asking, setAsking] = useState(false);
  const [more, setMore] = useState(false);
  const files = useFileRefusal();
  const panel = useRef<HTMLElement>(null);
  const entries = useMemo(() => entriesOf(state, texts), [state, texts]);
  const { phase, live } = state;

  const settings = state.contact?.widget;
  const talking = phase === "chat" || phase === "ended";
  const unseen = unreadIn(entries, state.readUpTo);
  const unread = open ? 0 : unseen;
  useAlerts(settings?.sound === true && talking, unseen, state.recovered, () => conversation.mayRing);
  useEffect(() => onUnread(unread, fill(texts.unread, { count: unread }, locale)), [unread, onUnread, texts, locale]);
  useEffect(() => {
    if (open && pageVisible) conversation.markRead();
  }, [open, pageVisible, entries, conversation]);

  useEffect(() => {
    if (phase !== "chat") setAsking(false);
  }, [phase]);
  useFocusInside(panel, open, quiet, phase, asking);

  // Without a session there is nothing to come back to; one started later, in another tab, opens nothing here.
  const showing = open && phase !== "form" && phase !== "ended";
  useLayoutEffect(() => onShowing(showing), [showing, onShowing]);

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.key !== "Escape") return;
    if (asking) setAsking(false);
    else onClose();
  };

  const retry = (id: string): void => {
    conversation.retry(id);
    // The button that was pressed goes away.
    panel.current?.querySelector<HTMLElement>(".write")?.focus();
  };

  const name = plainName(state.contact?.displayName ?? "");
  return (
    <>
      <section
        ref={panel}
        class="panel"
        role="dialog"
        aria-label={name ? fill(texts.dialogLabel, { name }) : texts.untitled}
        aria-busy={phase === "loading"}
        tabIndex={-1}
        hidden={!open}
        onKeyDown={onKeyDown}
        {...files.handlers}
        onFocusIn={() => quiet && visibility.update({ quiet: false })}
      >
        <div class="content" inert={asking}>
          <Header
            state={state}
            asking={asking}
            more={talking && hasExtras(settings) ? more : undefined}
            onMore={() => setMore(!more)}
            onMinimize={onClose}
            onEnd={() => setAsking(true)}
          />
          {more && talking && hasExtras(settings) && (
            <Extras
              settings={settings}
              entries={entries}
              contactName={name}
              muted={conversation.muted}
              onMute={(muted) => (conversation.muted = muted)}
            />
          )}
          {phase === "loading" && <Skeleton />}
          {phase === "unavailable" && <Unavailable conversation={conversation} />}
          {phase === "form" && (
            <StartForm
              state={state}
              visible={open}
              onStart={(values, given) => void conversation.start(values, given)}
              onLeave={(values, given) => void conversation.leave(values, given)}
            />
          )}
          {phase === "left" && <Left email={state.form.email} onAnother={() => conversation.restart()} />}
          {talking && (
            <>
              {live && phase === "chat" && <Banner live={live} />}
              {phase === "chat" && <QueueLine place={live?.queue} />}
              <MessageList
                entries={entries}
                waiting={
                  phase === "chat" && live?.state === "waiting" && !entries.some((entry) => entry.author !== "visitor")
                }
                visible={open}
                onRetry={phase === "chat" ? retry : undefined}
              />
              {live && phase === "chat" && <TypingLine live={live} />}
            </>
          )}
          {files.note}
          {phase === "chat" && (
            <Composer
              draft={conversation.draft}
              onDraft={(text) => (conversation.draft = text)}
              onSend={(text) => conversation.say(text)}
            />
          )}
          {phase === "ended" && (
            <div class="after">
              <p>{texts.endedNotice}</p>
              <button type="button" class="primary" onClick={() => conversation.restart()}>
                {texts.startNew}
              </button>
            </div>
          )}
        </div>
        {asking && (
          <EndQuestion ending={state.ending} onEnd={() => void conversation.end()} onKeep={() => setAsking(false)} />
        )}
      </section>
      <Announcer entries={entries} skipFirst={state.recovered} silent={open} />
    </>
  );
}

function Skeleton(): JSX.Element {
  return (
    <div class="body skeleton" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}

/** The message is with the other side, who answers in another way. */
function Left({ email, onAnother }: { email: string; onAnother: () => void }): JSX.Element {
  const { texts } = useLanguage();
  return (
    <div class="body unavailable" role="status">
      <Icon name="chat" />
      <h2>{texts.left}</h2>
      <p>{fill(texts.leftHint, { email: email.trim() })}</p>
      <button type="button" class="second" onClick={onAnother}>
        {texts.writeAnother}
      </button>
    </div>
  );
}

function Unavailable({ conversation }: { conversation: Conversation }): JSX.Element {
  const { texts, locale } = useLanguage();
  const { problem } = useObservable(conversation.state);
  const [what, hint] = problem ? explain(problem, problem.retryAfter ?? 0, texts, locale) : ["", ""];
  return (
    <div class="body unavailable" role="alert">
      <Icon name="warning" />
      <h2>{what}</h2>
      {hint && <p>{hint}</p>}
      {problem?.code !== "not_allowed" && (
        <button type="button" class="second" onClick={() => void conversation.load()}>
          {texts.tryAgain}
        </button>
      )}
    </div>
  );
}
