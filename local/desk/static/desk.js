// The page: who is signed in, which chat is open, what came in.

import { listen, people, post } from "/static/api.js";
import { chatItem } from "/static/chat-list.js";
import { Messages } from "/static/messages.js";
import { fillAvatar, PRESENCE_NAMES } from "/static/people.js";

const TYPING_SHOWN = 5000;
const TYPING_TOLD = 3000;
// Older cards that refresh themselves have scrolled away.
const REFRESHED = 30;
// Found once, before any card is shown: the inputs of a card bring ids of their own, such as "text".
const elements = new Map([...document.querySelectorAll("[id]")].map((each) => [each.id, each]));
const element = (id) => elements.get(id);
const state = { me: "", appName: "Interact", users: [], chats: [], open: "", connected: false };
let stopListening = () => {};
let typingTimer;
let typingTold = 0;

const messages = new Messages(element("messages"), {
  appName: state.appName,
  onPress: (message, action) => post("press", { user: state.me, chat: message.chatId, message: message.id, action }),
  onRetry: (message) => act("retry", { chat: message.chatId, message: message.id }),
  onRevise: (message, change) => act("revise", { chat: message.chatId, message: message.id, ...change }),
});

const chat = (id) => state.chats.find((each) => each.id === id);
const openChat = () => chat(state.open);
const personalChat = () => state.chats.find((each) => each.kind === "personal");

/** Do something as the user, and say in the header where it was not possible; true if it was. */
async function act(path, body) {
  try {
    await post(path, { user: state.me, ...body });
    return true;
  } catch (error) {
    element("connection").textContent = error.message;
    return false;
  }
}

const hear = {
  snapshot(event) {
    Object.assign(state, { me: event.me, appName: event.appName, users: event.users, chats: event.chats });
    messages.appName = event.appName;
    if (!openChat()) {
      state.open = (personalChat() ?? state.chats[0])?.id ?? "";
    }
    showOpenChat();
  },
  message(event) {
    const target = upsertChat(event.chat);
    const index = target.messages.findIndex((each) => each.id === event.message.id);
    target.messages.splice(index < 0 ? target.messages.length : index, index < 0 ? 0 : 1, event.message);
    if (!state.open) {
      state.open = target.id;
      showOpenChat();
    } else if (target.id === state.open) {
      messages.show(event.message);
      stopTyping(event.message.fromBot);
      if (index < 0) {
        refreshCards([event.message]);
      }
    }
    show();
  },
  removed(event) {
    const target = upsertChat(event.chat);
    target.messages = target.messages.filter((each) => each.id !== event.messageId);
    if (target.id === state.open) {
      messages.remove(event.messageId);
    }
    show();
  },
  chat(event) {
    upsertChat(event.chat);
    show();
  },
  users(event) {
    state.users = event.users;
    show();
  },
  typing(event) {
    if (event.chatId === state.open) {
      element("typing").textContent = `${state.appName} is typing…`;
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => stopTyping(true), TYPING_SHOWN);
    }
  },
};

function upsertChat(fresh) {
  const known = chat(fresh.id);
  if (known) {
    return Object.assign(known, fresh);
  }
  state.chats.push({ ...fresh, messages: [] });
  return state.chats.at(-1);
}

function stopTyping(really) {
  if (really) {
    clearTimeout(typingTimer);
    element("typing").textContent = "";
  }
}

function showOpenChat() {
  stopTyping(true);
  messages.showAll(openChat()?.messages ?? []);
  show();
  refreshCards(openChat()?.messages ?? []);
}

/** Cards that want it ask the bot how they look now; the desk knows which of them do. */
function refreshCards(shown) {
  if (document.visibilityState === "visible") {
    for (const message of shown.slice(-REFRESHED)) {
      if (message.cards.some((card) => card.refresh)) {
        act("refresh", { chat: message.chatId, message: message.id });
      }
    }
  }
}

/** Tell the bot that its user is writing, now and then while it goes on. */
function tellTyping() {
  const current = openChat();
  const wanted = current?.kind === "personal" && current.installed && element("text").value.trim();
  if (wanted && Date.now() - typingTold > TYPING_TOLD) {
    typingTold = Date.now();
    act("typing", { chat: current.id });
  }
}

function show() {
  markRead();
  showAccount();
  showChats();
  showHeader();
  showEmpty();
  showCompose();
  showUnread();
}

function markRead() {
  const current = openChat();
  if (current?.unread && document.visibilityState === "visible" && document.hasFocus()) {
    current.unread = 0;
    act("read", { chat: current.id });
  }
}

function showAccount() {
  const me = state.users.find((user) => user.id === state.me);
  if (me) {
    fillAvatar(element("my-avatar"), me.displayName, { presence: me.availability });
    element("presence").value = me.availability;
    document.documentElement.dataset.user = me.id;
  }
}

function choose(each) {
  state.open = each.id;
  showOpenChat();
  element("text").focus();
}

function showChats() {
  const focused = document.activeElement.dataset.chatId ?? "";
  const sorted = [...state.chats].sort((a, b) => lastTime(b).localeCompare(lastTime(a)));
  element("chats").replaceChildren(...sorted.map((each) => chatItem(each, each.id === state.open, choose)));
  element("chats").querySelector(`[data-chat-id="${CSS.escape(focused)}"]`)?.focus();
  element("chats-empty").hidden = sorted.length > 0;
}

const lastTime = (each) => each.messages.at(-1)?.time ?? "";

function showHeader() {
  const current = openChat();
  const group = current?.kind === "groupChat";
  element("chat-name").textContent = current?.title ?? state.appName;
  fillAvatar(element("chat-avatar"), current?.title ?? state.appName, { app: !group });
  const about = group ? "Group chat" : current?.installed ? "App · installed" : "App · not installed";
  element("chat-about").textContent = about;
  const button = element("app-button");
  const installed = Boolean(personalChat()?.installed);
  button.hidden = group;
  button.textContent = installed ? "Remove app" : "Install app";
  button.className = installed ? "quiet" : "strong";
  element("connection").textContent = state.connected ? "" : "Reconnecting…";
}

function showEmpty() {
  const current = openChat();
  const nothing = !current?.messages.length;
  element("empty").hidden = !nothing;
  element("messages").hidden = nothing;
  element("empty-title").textContent = current ? "Nothing here yet" : `Welcome to ${state.appName}`;
  element("empty-text").textContent = current
    ? "Messages will appear here."
    : "Install the app to be invited when a visitor of your web site wants to talk to you.";
}

function showCompose() {
  const current = openChat();
  const usable = Boolean(current && (current.kind === "groupChat" || current.installed));
  const text = element("text");
  text.disabled = !usable;
  text.placeholder = usable ? "Type a message" : `Install ${state.appName} to write`;
  element("send").disabled = !usable || !text.value.trim();
}

function showUnread() {
  const unread = state.chats.reduce((sum, each) => sum + each.unread, 0);
  const name = state.users.find((user) => user.id === state.me)?.displayName ?? "";
  document.title = `${unread ? `(${unread}) ` : ""}${name} · Teams desk`;
  document.querySelector("link[rel=icon]").href = unread ? "/static/icon-unread.svg" : "/static/icon.svg";
}

function signIn(userId) {
  stopListening();
  Object.assign(state, { me: userId, chats: [], open: "", connected: false });
  history.replaceState(null, "", `/?user=${encodeURIComponent(userId)}`);
  // Nobody can write before it is known where to.
  showCompose();
  stopListening = listen(userId, {
    onEvent: (event) => hear[event.type]?.(event),
    onConnection: (connected) => {
      state.connected = connected;
      showHeader();
    },
  });
}

async function send() {
  const text = element("text");
  const written = text.value;
  if (!written.trim() || text.disabled) {
    return;
  }
  text.value = "";
  typingTold = 0;
  showCompose();
  const said = await act("say", { chat: state.open, text: written });
  if (!said && !text.value) {
    text.value = written;
    showCompose();
  }
}

element("user").onchange = ({ target }) => signIn(target.value);
element("presence").onchange = ({ target }) => act("presence", { availability: target.value });
element("app-button").onclick = () => act("install", { remove: Boolean(personalChat()?.installed) });
element("text").oninput = () => {
  showCompose();
  tellTyping();
};
element("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
};
element("compose").onsubmit = (event) => {
  event.preventDefault();
  send();
};
window.addEventListener("focus", show);
document.addEventListener("visibilitychange", () => {
  show();
  refreshCards(openChat()?.messages ?? []);
});

for (const option of element("presence").options) {
  option.textContent = PRESENCE_NAMES[option.value];
}
const users = await people();
element("user").replaceChildren(...users.map((user) => new Option(user.displayName, user.id)));
const wanted = new URLSearchParams(location.search).get("user");
const first = users.find((user) => user.id === wanted) ?? users[0];
if (first) {
  element("user").value = first.id;
  signIn(first.id);
}
