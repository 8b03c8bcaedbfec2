import type { chat, launcher } from "./en";

export type LauncherTexts = typeof launcher;
export type ChatTexts = typeof chat;

/** A sentence for each plural form of the language; `Intl.PluralRules` chooses. */
export type Plural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/**
 * The first of the tags that there is a catalogue for, and its language; undefined where there is none. A regional
 * catalogue ("pt-br") stands before its base ("pt") in `known`.
 */
export function chooseLanguage<Language extends string>(
  tags: readonly string[],
  known: readonly Language[],
): readonly [tag: string, language: Language] | undefined {
  for (const tag of tags) {
    const language = known.find((code) => RegExp(`^${code}(?![a-z])`, "i").test(tag));
    if (language) return [tag, language];
  }
  return undefined;
}

export function directionOf(tag: string): "ltr" | "rtl" {
  return /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i.test(tag) ? "rtl" : "ltr";
}

/** Letters of scripts that run from right to left. */
export const RIGHT_TO_LEFT = /[\u0590-\u08ff]/;

/** The direction of most letters: a sentence that begins with a name of another script is not turned round by it. */
export function prevailingDirection(text: string): "ltr" | "rtl" {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.filter((letter) => RIGHT_TO_LEFT.test(letter)).length * 2 > letters.length ? "rtl" : "ltr";
}

/**
 * Fills `{…}` of a text. `{count}` decides on the form of a plural; numbers are written as in `locale`, and a name whose
 * script runs the other way does not disturb the words around it.
 */
export function fill(
  text: string | Plural,
  values: Readonly<Record<string, string | number>>,
  locale?: string,
): string {
  const sentence =
    typeof text === "string"
      ? text
      : (text[new Intl.PluralRules(locale).select(Number(values["count"]))] ?? text.other);
  return sentence.replace(/\{(\w+)\}/g, (placeholder, key: string) => {
    const value = values[key] ?? placeholder;
    if (typeof value === "number") return new Intl.NumberFormat(locale).format(value);
    return RIGHT_TO_LEFT.test(sentence + value) ? `\u2068${value}\u2069` : value;
  });
}
