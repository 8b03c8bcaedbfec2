// The messages of one chat.

import { renderCard } from "/static/cards.js";
import { toHtml } from "/static/markdown.js";
import { clockTime, dayName, fillAvatar } from "/static/people.js";
import { deletedNote, ownActions } from "/static/revising.js";

const SAME_BREATH = 5 * 60 * 1000;
const NEAR_THE_END = 120;
const SLOW = 600;
const SHOWN_AT_FIRST = 40;

/**
 * Shows messages in `log`; `onPress(message, action)` resolves to an outcome, `onRetry(message)` sends again,
 * `onRevise(message, change)` changes one of the user's own.
 */
export class Messages {
  #entries = new Map();
  #earlier = new Map();

  constructor(log, { appName, onPress, onRetry, onRevise }) {
    this.log = log;
    this.appName = appName;
    this.onPress = onPress;
    this.onRetry = onRetry;
    this.onRevise = onRevise;
  }

  /** Show these messages, from oldest to newest; of many the latest, and a button for those before. */
  showAll(messages) {
    const earlier = messages.slice(0, -SHOWN_AT_FIRST);
    this.#earlier = new Map(earlier.map((message) => [message.id, message]));
    this.#show(messages.slice(-SHOWN_AT_FIRST));
    if (earlier.length > 0) {
      this.log.prepend(this.#earlierButton());
    }
    this.scrollToEnd();
  }

  /** Add or change one message. */
  show(message) {
    if (this.#earlier.has(message.id)) {
      this.#earlier.set(message.id, message);
      return;
    }
    const atTheEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END;
    const entry = this.#entries.get(message.id);
    if (entry) {
      this.#update(entry, message);
    } else {
      this.#add(message);
    }
    if (atTheEnd || (message.mine && !entry)) {
      this.scrollToEnd();
    }
  }

  remove(messageId) {
    this.#earlier.delete(messageId);
    this.#entries.get(messageId)?.element.remove();
    this.#entries.delete(messageId);
    let previous;
    for (const entry of this.#entries.values()) {
      group(entry, previous);
      previous = entry.message;
    }
  }

  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  #show(messages) {
    this.#entries.clear();
    this.log.replaceChildren();
    for (const message of messages) {
      this.#add(message);
    }
  }

  #earlierButton() {
    const button = make("button", "earlier quiet", "Earlier messages");
    button.type = "button";
    button.onclick = () => {
      const before = this.log.scrollHeight - this.log.scrollTop;
      const earlier = [...this.#earlier.values()];
      this.#earlier.clear();
      this.#show([...earlier, ...[...this.#entries.values()].map(({ message }) => message)]);
      this.log.scrollTop = this.log.scrollHeight - before;
      this.#entries.get(earlier.at(-1)?.id)?.element.focus({ preventScroll: true });
    };
    return button;
  }

  #add(message) {
    const previous = [...this.#entries.values()].at(-1)?.message;
    if (!previous || dayName(previous.time) !== dayName(message.time)) {
      this.log.append(make("p", "day", dayName(message.time)));
    }
    const entry = { message, ...this.#frame(message) };
    group(entry, previous);
    this.#entries.set(message.id, entry);
    this.#fill(entry);
    this.log.append(entry.element);
  }

  #frame(message) {
    const element = make("article", "message");
    element.tabIndex = -1;
    element.dataset.messageId = message.id;
    element.classList.toggle("mine", message.mine);
    element.classList.toggle("event", Boolean(message.event));
    const status = make("div", "status");
    if (message.event) {
      element.append(make("span", "", message.event), status);
      return { element, status };
    }
    const avatar = make("span", "avatar");
    avatar.setAttribute("aria-hidden", "true");
    fillAvatar(avatar, message.senderName, { app: message.fromBot });
    const by = make("p", "by");
    const content = make("div", "content");
    const body = make("div", "body");
    content.append(body, status);
    element.append(by, avatar, content);
    return { element, by, body, status };
  }

  #update(entry, message) {
    const before = entry.message;
    entry.message = message;
    const sameBody = before.revision === message.revision;
    const hadFocus = entry.element.contains(document.activeElement);
    this.#fill(entry, { keepBody: sameBody });
    if (hadFocus && !sameBody) {
      entry.element.focus({ preventScroll: true });
    }
  }

  #fill(entry, { keepBody = false } = {}) {
    const { message } = entry;
    entry.element.setAttribute("aria-label", `${message.senderName}, ${clockTime(message.time)}`);
    entry.element.classList.toggle("edited", message.edited);
    if (entry.by) {
      const edited = message.edited && !message.deleted ? " · Edited" : "";
      entry.by.replaceChildren(
        ...(message.mine ? [] : [make("b", "", message.senderName)]),
        `${clockTime(message.time)}${edited}`,
      );
    }
    if (entry.body && !keepBody) {
      entry.outcome = null;
      entry.body.replaceChildren(...this.#bodyOf(entry));
    }
    this.#fillStatus(entry);
  }

  #bodyOf(entry) {
    const { message } = entry;
    const parts = [];
    const revise = (change) => this.onRevise(message, change);
    if (message.deleted) {
      parts.push(deletedNote(revise));
    } else if (message.text) {
      parts.push(bubble(message));
      if (message.mine) {
        const show = (...elements) => entry.body.replaceChildren(...elements);
        parts.push(ownActions(message, { revise, show, showAgain: () => show(...this.#bodyOf(entry)) }));
      }
    }
    for (const card of message.cards) {
      parts.push(renderCard(card, (action) => this.#press(entry, action)));
    }
    return parts;
  }

  #fillStatus(entry) {
    const { message, status } = entry;
    if (message.delivery !== "sending") {
      entry.sendingSince = undefined;
    }
    status.className = "status";
    status.removeAttribute("role");
    status.replaceChildren();
    entry.body?.setAttribute("aria-busy", String(Boolean(entry.waiting)));
    for (const button of entry.body?.querySelectorAll(".card button") ?? []) {
      holdBack(button, Boolean(entry.waiting));
    }
    if (message.delivery === "failed") {
      status.classList.add("failed");
      const retry = make("button", "", "Retry");
      retry.type = "button";
      retry.onclick = () => this.onRetry(message);
      status.append("Not delivered", retry);
    } else if (message.delivery === "sending" && !this.#isSlow(entry)) {
      // Usually it is there in no time: nothing needs to be said, and nothing jumps.
    } else if (entry.waiting || message.delivery === "sending") {
      status.classList.add("waiting");
      status.setAttribute("role", "status");
      status.append(make("span", "spinner"), entry.waiting ? `Waiting for ${this.appName}…` : "Sending…");
    } else if (entry.outcome) {
      const failed = entry.outcome.outcome === "error";
      status.classList.add(failed ? "failed" : "notice");
      status.setAttribute("role", failed ? "alert" : "status");
      status.append(entry.outcome.text);
    }
  }

  /** Whether sending takes so long that it should be said; looks again when it does. */
  #isSlow(entry) {
    entry.sendingSince ??= Date.now();
    const left = entry.sendingSince + SLOW - Date.now();
    if (left > 0) {
      setTimeout(() => this.#fillStatus(entry), left);
    }
    return left <= 0;
  }

  async #press(entry, action) {
    if (entry.waiting) {
      return;
    }
    const focused = entry.element.contains(document.activeElement) ? document.activeElement : null;
    entry.waiting = true;
    entry.outcome = null;
    this.#fillStatus(entry);
    const body = entry.body.firstChild;
    let outcome;
    try {
      outcome = await this.onPress(entry.message, action);
    } catch (error) {
      outcome = { outcome: "error", text: error.message };
    }
    entry.waiting = false;
    // A card that was replaced meanwhile speaks for itself, but an error must be seen in any case.
    if (outcome.text && (outcome.outcome === "error" || entry.body.firstChild === body)) {
      entry.outcome = outcome;
    }
    this.#fillStatus(entry);
    // A disabled button loses the focus: give it back, or leave it at the message that took the button's place.
    if (focused && document.activeElement === document.body) {
      (focused.isConnected ? focused : entry.element).focus({ preventScroll: true });
    }
  }
}

/** Leave out who wrote and when, where the message before says it already. */
function group({ message, element }, previous) {
  const together =
    previous &&
    !previous.event &&
    !message.event &&
    previous.senderName === message.senderName &&
    new Date(message.time) - new Date(previous.time) < SAME_BREATH;
  element.classList.toggle("follows", Boolean(together));
}

/** Disable a button while its card waits; one that the card itself disabled stays so. */
function holdBack(button, waiting) {
  if (waiting && !button.disabled) {
    button.dataset.heldBack = "";
    button.disabled = true;
  } else if (!waiting && "heldBack" in button.dataset) {
    delete button.dataset.heldBack;
    button.disabled = false;
  }
}

function bubble(message) {
  const element = make("div", "bubble");
  const html = message.textFormat === "plain" ? null : toHtml(message.text);
  if (html === null) {
    element.classList.add("plain");
    element.textContent = message.text;
  } else {
    element.innerHTML = html;
  }
  return element;
}

function make(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
