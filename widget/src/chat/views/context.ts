import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ChatTexts } from "../../texts";
import { chat } from "../../texts/catalogue";

interface Language {
  readonly texts: ChatTexts;
  readonly locale: string;
}

export const LanguageContext = createContext<Language>({ texts: chat, locale: "en" });

export function useLanguage(): Language {
  return useContext(LanguageContext);
}
