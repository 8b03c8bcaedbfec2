// Renders Adaptive Cards and hands their buttons on.

import { hostConfig } from "/static/host-config.js";
import { toHtml } from "/static/markdown.js";

const library = globalThis.AdaptiveCards;

if (library) {
  library.AdaptiveCard.onProcessMarkdown = (text, result) => {
    const html = toHtml(text);
    if (html !== null) {
      result.outputHtml = html;
      result.didProcess = true;
    }
  };
}

/** An element that shows the card; `onPress` gets the action as Teams sends it. */
export function renderCard(content, onPress) {
  const box = document.createElement("div");
  box.className = "card";
  if (!library) {
    return withError(box, "Cards cannot be shown: run `npm ci` in the folder local/.");
  }
  const card = new library.AdaptiveCard();
  card.version = library.Versions.v1_5;
  card.hostConfig = new library.HostConfig(hostConfig);
  card.onExecuteAction = (action) => press(action, onPress);
  card.parse(content);
  const element = card.render();
  if (!element) {
    return withError(box, content?.fallbackText || "This card cannot be shown.");
  }
  box.append(element);
  return box;
}

function press(action, onPress) {
  const type = action.getJsonTypeName();
  if (type === "Action.OpenUrl") {
    open(action.url, "_blank", "noopener");
  } else if (type === "Action.Execute" || type === "Action.Submit") {
    onPress({ type, id: action.id, title: action.title, verb: action.verb, data: action.data ?? {} });
  }
}

function withError(box, text) {
  const error = document.createElement("p");
  error.className = "card-error";
  error.textContent = text;
  box.append(error);
  return box;
}
