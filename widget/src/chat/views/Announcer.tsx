import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatTexts } from "../../texts";
import { fill } from "../../texts";
import type { Entry } from "../entries";
import { useLanguage } from "./context";

interface Props {
  readonly entries: readonly Entry[];
  /** What is there at first was told on another page. */
  readonly skipFirst: boolean;
  /** The log tells what is new while it is in sight, but not what was changed. */
  readonly silent: boolean;
}

/** Tells screen readers what the other side writes while the panel is closed, and what it changes at any time. */
export function Announcer({ entries, skipFirst, silent }: Props): JSX.Element {
  const { texts } = useLanguage();
  const told = useRef(new Map<string, string>());
  const history = useRef(skipFirst);
  history.current ||= skipFirst && entries.length === 0;
  const [text, setText] = useState("");
  useEffect(() => {
    if (silent) setText("");
  }, [silent]);
  useEffect(() => {
    const fresh = entries.filter(({ author, key, text }) => author !== "visitor" && told.current.get(key) !== text);
    const heard = silent ? fresh.filter(({ key }) => told.current.has(key)) : fresh;
    for (const entry of fresh) told.current.set(entry.key, entry.text);
    const old = history.current;
    if (entries.length > 0) history.current = false;
    if (heard.length > 0 && !old) setText(heard.map((entry) => words(entry, texts)).join("\n"));
    else if (silent && fresh.length > 0) setText("");
  }, [entries, skipFirst, silent, texts]);
  return (
    <div class="visually-hidden" role="status">
      {text}
    </div>
  );
}

function words({ author, name, text, revised }: Entry, texts: ChatTexts): string {
  if (author === "system") return text;
  const said = fill(texts.announceMessage, { name, text });
  return revised ? `${said} (${texts.edited})` : said;
}
