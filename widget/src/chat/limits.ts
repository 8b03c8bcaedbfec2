import type { ChatTexts } from "../texts";

/** A text of the catalogue and what fills it. */
export type Problem = readonly [key: keyof ChatTexts, values?: Readonly<Record<string, number>>];

export const MESSAGE_CHARACTERS = 7000;
/** The service takes 28 kB a message, with its metadata. */
const MESSAGE_BYTES = 28_000;

/** Characters as people count them nearly enough: code points. */
export function characters(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/** Without halves of characters, which editing can leave behind and which no JSON may carry. */
export function wellFormed(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}

/** Why a message cannot be sent, if it cannot. */
export function messageProblem(text: string): Problem | undefined {
  const over = characters(text) - MESSAGE_CHARACTERS;
  if (over > 0) return ["errorMessageLong", { count: over }];
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  return bytes > MESSAGE_BYTES ? ["errorMessageBytes"] : undefined;
}
