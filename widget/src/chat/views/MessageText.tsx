import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { linkify, withoutOverrides } from "../linkify";

/** A message as text: line breaks, addresses to open, and never any markup of its own. */
export function MessageText({ text, dir = "auto" }: { text: string; dir?: "auto" | "ltr" | "rtl" }): JSX.Element {
  const pieces = useMemo(() => linkify(withoutOverrides(text)), [text]);
  return (
    <bdi class="text" dir={dir}>
      {pieces.map(({ text: piece, href }) =>
        href === undefined ? (
          piece
        ) : (
          <bdi dir="ltr">
            <a href={href} target="_blank" rel="noopener noreferrer nofollow">
              {piece}
            </a>
          </bdi>
        ),
      )}
    </bdi>
  );
}
