import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLanguage } from "./context";
import { useUniqueId } from "./hooks";

interface Props {
  readonly ending: "no" | "busy" | "failed";
  readonly onEnd: () => void;
  readonly onKeep: () => void;
}

/** Asks before a conversation is ended for good. */
export function EndQuestion({ ending, onEnd, onKeep }: Props): JSX.Element {
  const { texts } = useLanguage();
  const id = useUniqueId("end");
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div class="veil">
      <div class="question" role="alertdialog" aria-labelledby={id} aria-describedby={`${id}-text`}>
        <h2 id={id}>{texts.endQuestion}</h2>
        <p id={`${id}-text`}>{ending === "failed" ? texts.endFailed : texts.endExplanation}</p>
        <div class="choices">
          <button type="button" class="second" ref={keep} onClick={onKeep}>
            {texts.keepChatting}
          </button>
          <button
            type="button"
            class="primary danger"
            aria-disabled={ending === "busy" ? "true" : undefined}
            onClick={onEnd}
          >
            {ending === "busy" ? texts.ending : texts.endChat}
          </button>
        </div>
      </div>
    </div>
  );
}
