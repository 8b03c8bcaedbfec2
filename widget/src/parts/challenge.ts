/**
 * The challenges of Cloudflare Turnstile and hCaptcha: their script is a third party's, so it is loaded only where the
 * tenant has set one, and only while the form is shown.
 *
 * Both draw into an element of the page. Below a shadow root neither promises to work, so the element is a child of the
 * widget's own element, and the form in the shadow root has a slot for it.
 */
export type ChallengeKind = "turnstile" | "hcaptcha";

export interface ChallengeOptions {
  readonly kind: ChallengeKind;
  readonly siteKey: string;
  readonly locale: string;
  readonly dark: boolean;
  /** Pixels that there is room for. */
  readonly width: number;
}

export interface ChallengeListener {
  solved(token: string): void;
  /** The token has expired, or the visitor has left the challenge: there is none now. */
  lost(): void;
  failed(): void;
}

export interface ShownChallenge {
  /** A token counts once, so each try needs a new one. */
  reset(): void;
  remove(): void;
}

interface Provider {
  render(container: HTMLElement, options: Readonly<Record<string, unknown>>): string;
  reset(id: string): void;
  remove(id: string): void;
}

const SCRIPTS: Readonly<Record<ChallengeKind, string>> = {
  turnstile: "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit",
  hcaptcha: "https://js.hcaptcha.com/1/api.js?render=explicit&recaptchacompat=off",
};
const PATIENCE_MS = 20_000;
/** Both providers' widgets are at most so wide; there is a narrow one for less room. */
const NORMAL_WIDTH = 303;

const loading = new Map<ChallengeKind, Promise<Provider>>();

/** Draws the challenge as a child of `host`, for its slot "challenge"; raises an Error where its script cannot be loaded. */
export async function show(
  host: Element,
  options: ChallengeOptions,
  listener: ChallengeListener,
): Promise<ShownChallenge> {
  const provider = await provided(options.kind);
  const place = document.createElement("div");
  place.slot = "challenge";
  host.append(place);
  const id = provider.render(place, wanted(options, listener));
  return {
    reset: () => provider.reset(id),
    remove: () => {
      provider.remove(id);
      place.remove();
    },
  };
}

function wanted(options: ChallengeOptions, listener: ChallengeListener): Readonly<Record<string, unknown>> {
  const { kind, siteKey, locale, dark, width } = options;
  const lost = (): void => listener.lost();
  return {
    sitekey: siteKey,
    theme: dark ? "dark" : "light",
    size: width < NORMAL_WIDTH ? "compact" : "normal",
    ...(kind === "turnstile" ? { language: locale.toLowerCase() } : { hl: locale }),
    callback: (token: string) => listener.solved(token),
    "expired-callback": lost,
    "chalexpired-callback": lost,
    "timeout-callback": lost,
    "error-callback": () => {
      listener.failed();
      // Said here, so that the provider throws no exception into the page.
      return true;
    },
  };
}

/** The provider's object in the page, also where the page itself has loaded it; tried anew after a failure. */
function provided(kind: ChallengeKind): Promise<Provider> {
  const there = (window as unknown as Partial<Record<ChallengeKind, Provider>>)[kind];
  if (there) return Promise.resolve(there);
  const known = loading.get(kind);
  if (known) return known;
  const fresh = load(kind).catch((error: unknown) => {
    loading.delete(kind);
    throw error;
  });
  loading.set(kind, fresh);
  return fresh;
}

function load(kind: ChallengeKind): Promise<Provider> {
  const page = window as unknown as Record<string, unknown>;
  const ready = `interact_${kind}_ready`;
  const script = document.createElement("script");
  return new Promise<Provider>((resolve, reject) => {
    const give = (): void => {
      const provider = page[kind] as Provider | undefined;
      if (provider) resolve(provider);
      else reject(new Error(`${kind} is not there`));
    };
    page[ready] = give;
    script.onerror = () => reject(new Error(`${kind} cannot be loaded`));
    setTimeout(() => reject(new Error(`${kind} takes too long`)), PATIENCE_MS);
    // A page that demands trusted types refuses this with an exception, which rejects as well.
    script.src = `${SCRIPTS[kind]}&onload=${ready}`;
    script.async = true;
    document.head.append(script);
  }).catch((error: unknown) => {
    script.remove();
    throw error;
  });
}
