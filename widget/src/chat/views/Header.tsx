import type { JSX } from "preact";
import { fill } from "../../texts";
import type { ChatState } from "../chat-state";
import { plainName } from "../linkify";
import { useLanguage } from "./context";
import { Icon } from "./icons";
import { PresenceLine } from "./PresenceLine";

interface Props {
  readonly state: ChatState;
  /** The question whether to end the chat is open: it has the button of that name. */
  readonly asking: boolean;
  /** Whether the extras are shown; undefined where there are none. */
  readonly more: boolean | undefined;
  readonly onMore: () => void;
  readonly onMinimize: () => void;
  readonly onEnd: () => void;
}

/** Who the visitor talks to, how it stands, and the two ways out. */
export function Header({ state, asking, more, onMore, onMinimize, onEnd }: Props): JSX.Element {
  const { texts } = useLanguage();
  const name = plainName(state.contact?.displayName ?? "");
  const [tone, line] = useStateLine(state);
  return (
    <div class="header">
      <span class={`avatar tone-${tone}`} aria-hidden="true">
        {name ? initials(name) : <Icon name="chat" />}
      </span>
      <div class="who">
        <h1 class="name">
          <bdi>{name || texts.untitled}</bdi>
        </h1>
        <p class="state">{state.phase === "form" ? <PresenceLine otherwise={line} /> : line}</p>
      </div>
      <div class="tools">
        {more !== undefined && (
          <button
            type="button"
            class="tool"
            aria-label={texts.more}
            title={texts.more}
            aria-expanded={more}
            onClick={onMore}
          >
            <Icon name="more" />
          </button>
        )}
        {state.phase === "chat" && (
          <button
            type="button"
            class={asking ? "tool away" : "tool"}
            aria-label={texts.endChat}
            title={texts.endChat}
            onClick={onEnd}
          >
            <Icon name="end" />
          </button>
        )}
        <button type="button" class="tool" aria-label={texts.minimize} title={texts.minimize} onClick={onMinimize}>
          <Icon name="minimize" />
        </button>
      </div>
    </div>
  );
}

function useStateLine({ phase, live }: ChatState): readonly [tone: "none" | "wait" | "good", line: string] {
  const { texts } = useLanguage();
  if (phase === "loading") return ["none", ""];
  if (phase === "unavailable") return ["none", texts.stateUnavailable];
  if (phase === "form") return ["none", texts.stateForm];
  if (phase === "ended") return ["none", texts.stateEnded];
  if (live?.state !== "connected") return ["wait", texts.stateWaiting];
  const agent = plainName(live.agentName ?? "");
  return ["good", agent ? fill(texts.stateConnected, { agent }) : texts.stateConnectedUnnamed];
}

/** "LS" for "Lunifico Support": first letters of the first and the last word. */
function initials(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends
    .map((word) => Array.from(word?.match(/[\p{L}\p{N}]/u)?.[0] ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}
