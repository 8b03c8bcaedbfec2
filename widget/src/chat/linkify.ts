/** A piece of a message: plain text, or an address that may be opened. */
export type Piece = { readonly text: string; readonly href?: string };

/* Zero-width and direction-changing characters end an address, so that none looks like another. */
const INVISIBLE = "\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\ufeff";
const ADDRESS = new RegExp(`\\bhttps?://[^\\s<>"'\`{}|\\\\^${INVISIBLE}]+`, "gi");
const TRAILING = /[.,;:!?…*_~’”»›]/;
const BRACKETS: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/** Splits `text` into plain text and http(s) addresses; linear in its length. */
export function linkify(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safeAddress(address);
    if (href === undefined) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** Text without the characters that override the direction of what follows. */
export function withoutOverrides(text: string): string {
  return text.replace(/[\u202d\u202e]/g, "");
}

/** A name on one line, without characters that change direction. */
export function plainName(name: string): string {
  return name
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Without the punctuation of the sentence around it; a closing bracket stays where it has its opening one. */
function trimmed(address: string): string {
  const open: Record<string, number> = { "(": 0, "[": 0, ")": 0, "]": 0 };
  for (const character of address) if (character in open) open[character] = (open[character] ?? 0) + 1;
  let end = address.length;
  for (; end > 0; end--) {
    const last = address.charAt(end - 1);
    const opening = BRACKETS[last];
    if (opening !== undefined && (open[last] ?? 0) > (open[opening] ?? 0)) open[last] = (open[last] ?? 0) - 1;
    else if (!TRAILING.test(last)) break;
  }
  return address.slice(0, end);
}

/** The address as the browser opens it; undefined for anything that hides where it leads. */
function safeAddress(address: string): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  const http = url.protocol === "http:" || url.protocol === "https:";
  return http && url.hostname !== "" && url.username === "" && url.password === "" ? url.href : undefined;
}
