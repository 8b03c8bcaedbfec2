import type { JSX } from "preact";
import { fill } from "../../texts";
import type { LiveView } from "../live-session";
import { plainName } from "../linkify";
import { useLanguage } from "./context";

/** The agent is writing; not announced, because nothing has been said yet. */
export function TypingLine({ live }: { live: LiveView }): JSX.Element | null {
  const { texts } = useLanguage();
  if (!live.typing) return null;
  const agent = plainName(live.agentName ?? "");
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <bdi>{agent ? fill(texts.agentTyping, { agent }) : texts.someoneTyping}</bdi>
    </p>
  );
}
