import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ShownChallenge } from "../../parts/challenge";
import type { WidgetSettings } from "../api";
import type { ApiError } from "../errors";
import { useLanguage } from "./context";

export interface Challenge {
  /** What is to be drawn; null where the tenant has set no challenge. */
  readonly view: JSX.Element | null;
  /** The server's problem is one of the challenge, and is shown there. */
  readonly hasProblem: boolean;
  /** Whether the form may go on, and the token to go with it; a missing one is shown. */
  take(): { readonly ready: boolean; readonly token?: string };
}

/** The tenant's challenge in a form: shown while the form is, and renewed after every try that used its token. */
export function useChallenge(
  settings: WidgetSettings["challenge"] | undefined,
  problem: ApiError | undefined,
  visible: boolean,
): Challenge {
  const { texts, locale } = useLanguage();
  const slot = useRef<HTMLSlotElement>(null);
  const shown = useRef<ShownChallenge | undefined>(undefined);
  const [token, setToken] = useState<string>();
  const [failed, setFailed] = useState(false);
  const [asked, setAsked] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const kind = settings?.kind;
  const siteKey = settings?.siteKey;
  const hasProblem = problem?.field === "challengeToken";

  useEffect(() => {
    const element = slot.current;
    const root = element?.getRootNode();
    if (!visible || !kind || !siteKey || !element || !(root instanceof ShadowRoot)) return undefined;
    let gone = false;
    const options = {
      kind,
      siteKey,
      locale,
      dark: matchMedia("(prefers-color-scheme: dark)").matches,
      width: element.parentElement?.clientWidth ?? 0,
    };
    const listener = {
      solved: (given: string) => {
        setToken(given);
        setFailed(false);
      },
      lost: () => setToken(undefined),
      failed: () => setFailed(true),
    };
    setFailed(false);
    import("../../parts/challenge")
      .then(({ show }) => show(root.host, options, listener))
      .then(
        (challenge) => {
          if (gone) challenge.remove();
          else shown.current = challenge;
        },
        () => setFailed(true),
      );
    return () => {
      gone = true;
      shown.current?.remove();
      shown.current = undefined;
      setToken(undefined);
    };
  }, [visible, kind, siteKey, locale, attempt]);

  useEffect(() => {
    // What may not have arrived, or found no room, is tried again with the same token: the server knows it by that.
    if (!problem || problem.code === "try_again" || problem.code === "busy") return;
    setToken(undefined);
    setAsked(false);
    shown.current?.reset();
  }, [problem]);

  const complaint = failed
    ? texts.challengeFailed
    : asked && !token
      ? texts.challengeMissing
      : hasProblem && !token
        ? texts.challengeRefused
        : undefined;
  const view = settings ? (
    <div class="challenge" role="group" aria-label={texts.challenge}>
      <slot name="challenge" ref={slot} />
      {complaint && (
        <p class="problem" role="alert">
          {complaint}{" "}
          {failed && (
            <button type="button" class="link" onClick={() => setAttempt(attempt + 1)}>
              {texts.tryAgain}
            </button>
          )}
        </p>
      )}
    </div>
  ) : null;
  return {
    view,
    hasProblem: hasProblem && settings !== undefined && settings !== null,
    take: () => {
      if (!settings) return { ready: true };
      setAsked(!token);
      return token ? { ready: true, token } : { ready: false };
    },
  };
}
