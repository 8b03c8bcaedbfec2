import type { chat, launcher } from "./en";

export type LauncherTexts = typeof launcher;
export type ChatTexts = typeof chat;

/** Languages with a complete catalogue. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first tag in `candidates` that a catalogue exists for, as `[tag, language]`; English where there is none. */
export function chooseLanguage(
  candidates: readonly (string | undefined)[],
): readonly [tag: string, language: Language] {
  for (const tag of candidates) {
    const language = LANGUAGES.find((known) => tag?.toLowerCase().split("-")[0] === known);
    if (tag && language) return [tag, language];
  }
  return ["en", "en"];
}

export function directionOf(tag: string): "ltr" | "rtl" {
  return /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i.test(tag) ? "rtl" : "ltr";
}

/** Fills `{…}` of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, key: string) => String(values[key] ?? placeholder));
}
