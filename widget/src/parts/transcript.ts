/** The conversation as a text file, made in the browser. */
import type { Entry } from "../chat/entries";
import { plainName, withoutOverrides } from "../chat/linkify";
import { fill, type ChatTexts } from "../texts";

interface Context {
  readonly contactName: string;
  readonly texts: ChatTexts;
  readonly locale: string;
  readonly now: number;
}

/** Plain text in which no message can look like another: further lines of one are indented. */
export function transcript(entries: readonly Entry[], { contactName, texts, locale, now }: Context): string {
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });
  const title = fill(texts.savedChat, { name: plainName(contactName) || texts.untitled });
  const lines = entries.map(({ author, name, text, at, delivery }) => {
    const when = Number.isFinite(at) ? `[${time.format(at)}] ` : "";
    const who = author === "system" ? "" : `${author === "visitor" ? texts.you : plainName(name)}: `;
    const fate = delivery === "failed" ? ` (${texts.notSent})` : "";
    return when + who + indented(text) + fate;
  });
  return [title, time.format(now), "", ...lines, ""].join("\r\n");
}

/** Offers the transcript as a download. */
export function save(entries: readonly Entry[], context: Context): void {
  const blob = new Blob([transcript(entries, context)], { type: "text/plain;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `chat-${new Date(context.now).toISOString().slice(0, 10)}.txt`;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function indented(text: string): string {
  return (
    withoutOverrides(text)
      // Others could hide what stands in the file.
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, (character) => (character === "\t" ? " " : ""))
      .replace(/[\n\u0085\u2028\u2029]/g, "\r\n    ")
  );
}
