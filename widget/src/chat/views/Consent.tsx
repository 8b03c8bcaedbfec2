import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../errors";
import { useLanguage } from "./context";
import { useUniqueId } from "./hooks";
import { MessageText } from "./MessageText";

export interface Consent {
  /** What is to be drawn; null where the tenant asks for none. */
  readonly view: JSX.Element | null;
  /** Whether what went wrong is said there. */
  readonly hasProblem: boolean;
  /** Whether the form may go; a missing agreement is shown, and gets the focus. */
  take(form: HTMLElement | null): boolean;
}

/** The tenant's notice, and the visitor's explicit agreement to it: nothing is ticked beforehand. */
export function useConsent(notice: string | null | undefined, problem: ApiError | undefined): Consent {
  const { texts } = useLanguage();
  const [agreedTo, setAgreedTo] = useState<string>();
  // To another text nobody has agreed yet.
  const agreed = agreedTo !== undefined && agreedTo === notice;
  const [missing, setMissing] = useState(false);
  const id = useUniqueId("consent");
  const view = notice ? (
    <div class="consent">
      <p id={id}>
        <MessageText text={notice} />
      </p>
      <label>
        <input
          type="checkbox"
          name="consent"
          checked={agreed}
          required
          aria-invalid={missing}
          aria-describedby={missing ? `${id} ${id}-problem` : id}
          onChange={(event) => {
            setAgreedTo(event.currentTarget.checked ? notice : undefined);
            setMissing(false);
          }}
        />
        {texts.agree}
      </label>
      {missing && (
        <p class="problem" id={`${id}-problem`}>
          {texts.errorConsent}
        </p>
      )}
    </div>
  ) : null;
  const isRefused = problem?.field === "consent";
  useEffect(() => {
    if (isRefused) setMissing(true);
  }, [isRefused, problem]);
  return {
    view,
    hasProblem: isRefused && view !== null,
    take: (form) => {
      if (!notice || agreed) return true;
      setMissing(true);
      form?.querySelector<HTMLElement>("[name=consent]")?.focus();
      return false;
    },
  };
}
