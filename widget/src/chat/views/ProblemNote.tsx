import type { JSX } from "preact";
import { fill, type ChatTexts } from "../../texts";
import type { ApiError } from "../errors";
import { waitText } from "../time";
import { useLanguage } from "./context";
import { Icon } from "./icons";

/** What went wrong and what the visitor can do about it. */
export function ProblemNote({ problem, wait }: { problem: ApiError; wait: number }): JSX.Element {
  const { texts, locale } = useLanguage();
  const [what, hint] = explain(problem, wait, texts, locale);
  return (
    <div class="trouble" role="alert">
      <Icon name="warning" />
      <p>
        <strong>{what}</strong> {hint}
      </p>
    </div>
  );
}

/** The problem in the visitor's words: what it is, and what to do. */
export function explain(
  problem: ApiError,
  wait: number,
  texts: ChatTexts,
  locale: string,
): readonly [what: string, hint: string] {
  switch (problem.code) {
    case "not_allowed":
      return problem.field === "accessToken" ? [texts.signIn, ""] : [texts.notAllowed, texts.notAllowedHint];
    case "offline":
      return [texts.offline, texts.offlineHint];
    case "busy":
      return [texts.busy, wait > 0 ? fill(texts.busyWait, { wait: waitText(wait, locale) }) : texts.busyHint];
    case "invalid":
      return [texts.invalid, ""];
    case "ended":
      return [texts.previousEnded, ""];
    case "try_again":
      return [problem.network ? texts.networkFailed : texts.tryAgainLater, ""];
  }
}
