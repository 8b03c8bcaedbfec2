import type { JSX } from "preact";
import { fill } from "../../texts";
import type { LiveView } from "../live-session";
import { waitText } from "../time";
import { useLanguage } from "./context";
import { useCountdown } from "./hooks";
import { Icon } from "./icons";

/** What stands between the visitor and the other side right now, if anything. */
export function Banner({ live }: { live: LiveView }): JSX.Element | null {
  const { texts, locale } = useLanguage();
  const wait = useCountdown(live.throttledUntil);
  if (live.connection === "ok" && live.throttledUntil === undefined) return null;
  const text =
    live.connection === "offline"
      ? texts.bannerOffline
      : live.connection === "lost"
        ? texts.bannerLost
        : fill(texts.bannerThrottled, { wait: waitText(wait, locale) });
  return (
    <p class="banner" role="status">
      <Icon name="warning" />
      {text}
    </p>
  );
}
