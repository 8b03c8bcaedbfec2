import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLanguage } from "./context";
import { useUniqueId } from "./hooks";
import { MessageText } from "./MessageText";

export interface Consent {
  /** What is to be drawn; null where the tenant asks for none. */
  readonly view: JSX.Element | null;
  /** Whether the form may go; a missing agreement is shown, and gets the focus. */
  take(form: HTMLElement | null): boolean;
}

/** The tenant's notice, and the visitor's explicit agreement to it: nothing is ticked beforehand. */
export function useConsent(notice: string | null | undefined): Consent {
  const { texts } = useLanguage();
  const [agreed, setAgreed] = useState(false);
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
            setAgreed(event.currentTarget.checked);
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
  return {
    view,
    take: (form) => {
      if (!notice || agreed) return true;
      setMissing(true);
      form?.querySelector<HTMLElement>("[name=consent]")?.focus();
      return false;
    },
  };
}
