// The chats on the left.

import { clockTime, fillAvatar } from "/static/people.js";

/** A list item for a chat; `onOpen(chat)` is called when it is chosen. */
export function chatItem(each, isOpen, onOpen) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.chatId = each.id;
  button.className = each.unread ? "chat-item unread" : "chat-item";
  button.setAttribute("aria-current", String(isOpen));
  const avatar = document.createElement("span");
  fillAvatar(avatar, each.title, { app: each.kind === "personal" });
  avatar.setAttribute("aria-hidden", "true");
  const last = each.messages.at(-1);
  const kind = each.kind === "personal" ? "App" : "Group chat";
  const about = spanOf("preview", isOpen || !last ? kind : preview(last));
  about.id = `about-${each.id}`;
  const when = spanOf("when", last ? clockTime(last.time) : "");
  const badge = spanOf("badge", each.unread ? String(each.unread) : "");
  // Named by its title alone: what was written last may well contain the name of some other button.
  for (const part of [about, when, badge]) {
    part.setAttribute("aria-hidden", "true");
  }
  button.setAttribute("aria-describedby", about.id);
  const lines = spanOf("lines", spanOf("name", each.title), about);
  const aside = spanOf("aside", when, badge, spanOf("spoken", each.unread ? `${each.unread} unread` : ""));
  button.append(avatar, lines, aside);
  button.onclick = () => onOpen(each);
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function preview(message) {
  const text = message.event || message.text || message.summary || firstText(message.cards) || "Card";
  return message.mine && !message.event ? `You: ${text}` : text;
}

/** The first text anywhere in the cards. */
function firstText(node) {
  if (node?.type === "TextBlock") {
    return node.text;
  }
  const parts = Array.isArray(node) ? node : [...(node?.body ?? []), ...(node?.items ?? []), ...(node?.columns ?? [])];
  return parts.map(firstText).find(Boolean) ?? "";
}

function spanOf(className, ...children) {
  const span = document.createElement("span");
  span.className = className;
  span.append(...children);
  return span;
}
