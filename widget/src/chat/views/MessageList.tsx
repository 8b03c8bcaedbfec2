import { Fragment, type JSX, type TargetedEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { prevailingDirection } from "../../texts";
import type { Entry } from "../entries";
import { clockTime, dayName, startOfDay } from "../time";
import { useLanguage } from "./context";
import { Icon } from "./icons";
import { MessageText } from "./MessageText";

const NEAR_THE_END_PX = 48;
const GROUP_MS = 5 * 60_000;

interface Props {
  readonly entries: readonly Entry[];
  readonly waiting: boolean;
  readonly visible: boolean;
  /** Not once the conversation is over. */
  readonly onRetry: ((clientMessageId: string) => void) | undefined;
}

/** The conversation: stays at its end unless the visitor has scrolled up. */
export function MessageList({ entries, waiting, visible, onRetry }: Props): JSX.Element {
  const { texts } = useLanguage();
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const last = entries.at(-1);

  const toEnd = (): void => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    setBelow(false);
  };

  useLayoutEffect(() => {
    if (!visible) return;
    // The visitor's own message is always followed.
    if (atEnd.current || last?.author === "visitor") toEnd();
    else setBelow(true);
  }, [last?.key, last?.author, entries.length, visible]);

  useLayoutEffect(() => {
    // Growing fields, keyboards and rotated phones change the height without a new message.
    const list = log.current;
    if (!list) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) list.scrollTo({ top: list.scrollHeight });
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, []);

  const onScroll = (event: TargetedEvent<HTMLDivElement>): void => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
    if (clientHeight === 0) return;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
    if (atEnd.current) setBelow(false);
  };

  return (
    <div class="body scroller">
      <div
        class="log"
        ref={log}
        role="log"
        aria-label={texts.conversation}
        aria-live="polite"
        aria-relevant="additions"
        tabIndex={0}
        onScroll={onScroll}
      >
        <ol>
          {entries.map((entry, index) => (
            <Line
              key={entry.key}
              entry={entry}
              previous={entries[index - 1]}
              next={entries[index + 1]}
              onRetry={onRetry}
            />
          ))}
          {waiting && (
            <li class="system" key="waiting">
              {texts.emptyWaiting}
            </li>
          )}
        </ol>
      </div>
      {below && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="down" />
          {texts.newMessages}
        </button>
      )}
    </div>
  );
}

interface LineProps {
  readonly entry: Entry;
  readonly previous: Entry | undefined;
  readonly next: Entry | undefined;
  /** Not once the conversation is over. */
  readonly onRetry: ((clientMessageId: string) => void) | undefined;
}

function Line({ entry, previous, next, onRetry }: LineProps): JSX.Element {
  const { texts, locale } = useLanguage();
  const newDay =
    previous === undefined
      ? startOfDay(entry.at) !== startOfDay(Date.now())
      : startOfDay(entry.at) !== startOfDay(previous.at);
  const day = newDay && Number.isFinite(entry.at) && (
    <li class="day">
      <time dateTime={new Date(entry.at).toISOString()}>{dayName(entry.at, Date.now(), locale, texts)}</time>
    </li>
  );
  if (entry.author === "system") {
    return (
      <Fragment>
        {day}
        <li class="system" aria-live={entry.revised && "off"}>
          <MessageText text={entry.text} dir={prevailingDirection(entry.text)} />
        </li>
      </Fragment>
    );
  }
  const first = newDay || !together(previous, entry);
  const lastOfGroup = !together(entry, next);
  return (
    <Fragment>
      {day}
      <li
        class={`line ${entry.author}${first ? " first" : ""}`}
        aria-live={entry.author === "visitor" || entry.revised ? "off" : undefined}
      >
        <span class={first && entry.author === "agent" ? "sender" : "visually-hidden"}>
          <bdi>{entry.author === "visitor" ? texts.you : entry.name}</bdi>
        </span>
        <div class="bubble">
          <MessageText text={entry.text} />
        </div>
        {(lastOfGroup || entry.revised || entry.delivery === "failed") && <Meta entry={entry} onRetry={onRetry} />}
      </li>
    </Fragment>
  );
}

function Meta({ entry, onRetry }: Pick<LineProps, "entry" | "onRetry">): JSX.Element {
  const { texts, locale } = useLanguage();
  const { delivery, lastRead } = entry;
  const word =
    delivery === "read" ? lastRead && texts.read : delivery && texts[delivery === "sending" ? "sending" : "sent"];
  const time = (
    <time dateTime={Number.isFinite(entry.at) ? new Date(entry.at).toISOString() : ""}>
      {clockTime(entry.at, locale)}
    </time>
  );
  if (entry.delivery === "failed") {
    if (!onRetry) return <p class="meta failed">{texts.notSent}</p>;
    return (
      <p class="meta failed">
        {texts.notSent} ·{" "}
        <button type="button" class="link" onClick={() => onRetry(entry.key)}>
          {texts.tryAgain}
        </button>
      </p>
    );
  }
  return (
    <p class="meta">
      {time}
      {word && ` · ${word}`}
      {entry.revised && ` · ${texts.edited}`}
    </p>
  );
}

/** Whether `next` continues what `entry` began: the same author, soon after, and with the same fate. */
function together(entry: Entry | undefined, next: Entry | undefined): boolean {
  if (!entry || !next || entry.author !== next.author || entry.name !== next.name) return false;
  const sameDay = startOfDay(entry.at) === startOfDay(next.at);
  return sameDay && next.at - entry.at < GROUP_MS && (entry.delivery ?? "sent") === (next.delivery ?? "sent");
}
