import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ChatTexts } from "../../texts";

export interface Language {
  readonly texts: ChatTexts;
  readonly locale: string;
}

/** Always provided: nothing is drawn without a language. */
export const LanguageContext = createContext({} as Language);

export function useLanguage(): Language {
  return useContext(LanguageContext);
}
