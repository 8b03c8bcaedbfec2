import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../../texts";
import type { Entry } from "../entries";
import { useLanguage } from "./context";

/** Tells screen readers what the other side writes, also while the panel is closed; never the visitor's own words or history. */
export function Announcer({ entries, skipFirst }: { entries: readonly Entry[]; skipFirst: boolean }): JSX.Element {
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
    if (fresh.length === 0 || old) return;
    setText(
      fresh
        .map((entry) => (entry.author === "system" ? entry.text : fill(texts.announceMessage, { name: entry.name, text: entry.text })))
        .join("\n"),
    );
  }, [entries, skipFirst, texts]);
  return (
    <div class="visually-hidden" role="status">
      {text}
    </div>
  );
}
