import type { JSX, TargetedKeyboardEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { fill } from "../../texts";
import { characters, MESSAGE_CHARACTERS, messageProblem } from "../limits";
import { useLanguage } from "./context";
import { useUniqueId } from "./hooks";
import { Icon } from "./icons";

const WARN_AT = 500;

interface Props {
  /** What was typed here before. */
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  readonly onSend: (text: string) => void;
}

/** Where the visitor writes: Enter sends, Shift+Enter starts a new line. */
export function Composer({ draft, onDraft, onSend }: Props): JSX.Element {
  const { texts, locale } = useLanguage();
  const [text, setText] = useState(draft);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useUniqueId("hint");
  const left = MESSAGE_CHARACTERS - characters(text);
  const problem = text.length > 1000 ? messageProblem(text.trim()) : undefined;
  const hint = problem
    ? fill(texts[problem[0]], problem[1] ?? {}, locale)
    : left <= WARN_AT
      ? fill(texts.charactersLeft, { count: left }, locale)
      : "";

  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.blockSize = "auto";
    // In a closed panel there is nothing to measure.
    if (area.scrollHeight > 0) area.style.blockSize = `${area.scrollHeight + 2}px`;
  }, [text]);

  const change = (value: string): void => {
    setText(value);
    onDraft(value);
  };

  const send = (): void => {
    if (text.trim() === "" || problem) return;
    onSend(text.trim());
    change("");
    box.current?.focus();
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // While a word is being composed (Chinese, Japanese, …) Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {hint && (
        <p class={problem ? "problem" : "hint"} id={id} role="status">
          {hint}
        </p>
      )}
      <textarea
        ref={box}
        class="write"
        rows={1}
        dir="auto"
        value={text}
        placeholder={texts.typeMessage}
        aria-label={texts.typeMessage}
        aria-invalid={problem !== undefined}
        aria-describedby={hint ? id : undefined}
        enterkeyhint="send"
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="submit"
        class="send"
        aria-label={texts.send}
        title={texts.send}
        aria-disabled={text.trim() === "" || problem ? "true" : undefined}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}
