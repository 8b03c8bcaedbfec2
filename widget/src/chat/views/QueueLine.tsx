import type { JSX } from "preact";
import { fill } from "../../texts";
import type { QueuePlace } from "../api";
import { useLanguage } from "./context";

/** The visitor's place while nobody is there yet; told only when it changes. */
export function QueueLine({ place }: { place: QueuePlace | undefined }): JSX.Element {
  const { texts, locale } = useLanguage();
  return (
    <p class="queue" role="status">
      {place && placeText(place, texts, locale)}
    </p>
  );
}

function placeText(
  { position, expectedWait }: QueuePlace,
  texts: ReturnType<typeof useLanguage>["texts"],
  locale: string,
) {
  if (expectedWait === null) return fill(texts.queuePosition, { position }, locale);
  // Seconds would change with every look, and are no promise.
  const minutes = Math.max(1, Math.ceil(expectedWait / 60));
  const wait = new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "long" }).format(minutes);
  return fill(texts.queueWait, { position, wait }, locale);
}
