import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { WidgetSettings } from "../api";
import type { Entry } from "../entries";
import { useLanguage } from "./context";

interface Props {
  readonly settings: WidgetSettings;
  readonly entries: readonly Entry[];
  readonly contactName: string;
  readonly muted: boolean;
  readonly onMute: (muted: boolean) => void;
}

/** What the tenant offers beside the conversation: to save it, and sounds. */
export function Extras({ settings, entries, contactName, muted, onMute }: Props): JSX.Element {
  const { texts, locale } = useLanguage();
  const [silent, setSilent] = useState(muted);
  const [failed, setFailed] = useState(false);
  const save = (): void => {
    setFailed(false);
    import("../../parts/transcript").then(
      ({ save: saveText }) => saveText(entries, { contactName, texts, locale, now: Date.now() }),
      () => setFailed(true),
    );
  };
  return (
    <div class="extras">
      {settings.transcript && (
        <button type="button" class="second" onClick={save}>
          {texts.saveChat}
        </button>
      )}
      {settings.sound && (
        <button
          type="button"
          class="second"
          aria-pressed={!silent}
          onClick={() => {
            onMute(!silent);
            setSilent(!silent);
          }}
        >
          {texts.sound}
        </button>
      )}
      {failed && (
        <p class="problem" role="alert">
          {texts.tryAgainLater}
        </p>
      )}
    </div>
  );
}

/** Whether there is any of it. */
export function hasExtras(settings: WidgetSettings | undefined): settings is WidgetSettings {
  return settings !== undefined && (settings.transcript || settings.sound);
}
