import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../../texts";
import type { Entry } from "../entries";
import { useLanguage } from "./context";

interface Props {
  readonly entries: readonly Entry[];
  /** What is there at first was told on another page. */
  readonly skipFirst: boolean;
  /** The log tells what is new while it is in sight. */
  readonly silent: boolean;
}

/** Tells screen readers what the other side writes while the panel is closed. */
export function Announcer({ entries, skipFirst, silent }: Props): JSX.Element {
  const { texts } = useLanguage();
  const told = useRef(new Set<string>());
  const history = useRef(skipFirst);
  history.current ||= skipFirst && entries.length === 0;
  const [text, setText] = useState("");
  useEffect(() => {
    const fresh = entries.filter((entry) => entry.author !== "visitor" && !told.current.has(entry.key));
    for (const entry of fresh) told.current.add(entry.key);
    const old = history.current;
    if (entries.length > 0) history.current = false;
    if (silent) setText("");
    else if (fresh.length > 0 && !old) {
      const words = fresh.map((entry) =>
        entry.author === "system" ? entry.text : fill(texts.announceMessage, { name: entry.name, text: entry.text }),
      );
      setText(words.join("\n"));
    }
  }, [entries, skipFirst, silent, texts]);
  return (
    <div class="visually-hidden" role="status">
      {text}
    </div>
  );
}
