import { launcher as ar } from "./ar";
import { launcher as de } from "./de";
import { launcher as en } from "./en";
import { launcher as fr } from "./fr";

/** The languages, and what the loader carries of each: a new one is its file and a line here. */
export const LAUNCHERS = { ar, de, en, fr };
export type Language = keyof typeof LAUNCHERS;
