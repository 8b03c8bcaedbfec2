import type { ChatHost } from "../shared/bridge";
import { chooseLanguage, type ChatTexts } from "../texts";
import { Observable } from "./observable";

/** What everything is drawn with. */
export interface Language {
  readonly texts: ChatTexts;
  /** A tag that `Intl` takes. */
  readonly locale: string;
}

type LoadTexts = (language: string) => Promise<ChatTexts>;

/** The page's texts over those of the language; `follow` changes to the tenant's where the visitor's has none. */
export function createLanguage(
  { options, texts, locale, guessed }: Pick<ChatHost, "options" | "texts" | "locale" | "guessed">,
  load: LoadTexts = loadTexts,
): { readonly current: Observable<Language>; follow: (tenantLanguage: string | undefined) => Promise<void> } {
  const withOwn = (given: ChatTexts): ChatTexts => ({ ...given, ...options.texts });
  const current = new Observable<Language>({ texts: withOwn(texts), locale: regional(locale) });
  let mayChange = guessed;
  const follow = async (tenantLanguage = "en"): Promise<void> => {
    if (!mayChange) return;
    mayChange = false;
    const [tag, language] = chooseLanguage([tenantLanguage], LANGUAGES) ?? ["en", "en"];
    if (options.locale) {
      // eslint-disable-next-line no-console -- the developer's only way to learn of it
      console.warn(`Interact: there are no texts for the locale "${options.locale}"; "${tag}" is used`);
    }
    // Where they cannot be loaded, what is there already has to do.
    const own = language === "en" ? texts : await load(language).catch(() => undefined);
    if (own) current.update({ texts: withOwn(own), locale: regional(tag) });
  };
  return { current, follow };
}

async function loadTexts(language: string): Promise<ChatTexts> {
  const file = `./texts-${language}-${TEXTS}.js`;
  return ((await import(new URL(file, import.meta.url).href)) as { readonly chat: ChatTexts }).chat;
}

/** The browser's own variant of a bare language, so that times look as the visitor is used to; English for nonsense. */
function regional(locale: string): string {
  try {
    const [tag = "en"] = Intl.getCanonicalLocales(locale.replaceAll("_", "-"));
    return navigator.languages.find((own) => own.startsWith(`${tag}-`)) ?? tag;
  } catch {
    return "en";
  }
}
