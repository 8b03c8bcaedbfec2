import { emit } from "../shared/events";
import type { ChatTexts } from "../texts";
import type { ChatState } from "./chat-state";
import { entriesOf } from "./entries";
import type { Observable } from "./observable";

/** Tells the page what happens in the conversation, each thing once; returns how to stop that. */
export function tellPage(state: Observable<ChatState>, texts: () => ChatTexts, host: Element): () => void {
  let running: string | undefined;
  let told = new Set<string>();
  let history = false;
  let problem: ChatState["problem"];
  let ending: ChatState["ending"] = "no";

  const tellMessages = (now: ChatState): void => {
    const fresh = entriesOf(now, texts()).filter(
      ({ key, delivery }) => !told.has(key) && (delivery ?? "sent") === "sent",
    );
    for (const { key } of fresh) told.add(key);
    const old = history;
    // What the first reading of a recovered conversation brings is not new.
    if (now.live?.messages.length) history = false;
    if (old) return;
    for (const { key: id, author, name, text } of fresh)
      emit(host, "message", { id, author, name: author === "agent" ? name : "", text });
  };

  return state.subscribe((now) => {
    const { phase, sessionId, recovered } = now;
    if (phase === "chat" && sessionId && sessionId !== running) {
      running = sessionId;
      told = new Set();
      history = recovered;
      emit(host, "started", { sessionId, recovered });
    }
    if (running) tellMessages(now);
    if (running && phase === "ended") {
      emit(host, "ended", { sessionId: running });
      running = undefined;
    }
    if (now.problem && now.problem !== problem) {
      const { code, field } = now.problem;
      emit(host, "error", { code, ...(field ? { field } : {}) });
    }
    if (now.ending === "failed" && ending !== "failed") emit(host, "error", { code: "try_again" });
    ({ problem, ending } = now);
  });
}
