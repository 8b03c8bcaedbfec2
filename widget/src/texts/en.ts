import type { Plural } from ".";

const openChat = "Open chat";

/** Texts of the loader; kept apart so that the loader carries no others. */
export const launcher = {
  openChat,
  loadFailed: "The chat could not be loaded. Try again",
};

/** Texts of the chat. `{…}` are filled in; where a number stands in a sentence, there is one for each form of the plural. */
export const chat = {
  openChat,
  closeChat: "Close chat",
  dialogLabel: "Chat with {name}",
  minimize: "Minimize",
  endChat: "End chat",
  unread: { one: "1 unread message", other: "{count} unread messages" } as Plural,
  untitled: "Chat",

  stateForm: "We are happy to help",
  stateWaiting: "We will be with you shortly",
  stateConnected: "{agent} is with you",
  stateConnectedUnnamed: "You are connected",
  stateEnded: "This chat has ended",
  stateUnavailable: "Not available",

  formTitle: "Hello, how can we help?",
  formTitleUser: "Write to {name}",
  formIntro: "Tell us who you are and start talking.",
  name: "Name",
  email: "Email",
  message: "Message",
  startChat: "Start chat",
  starting: "Starting …",

  errorNameMissing: "Please enter your name.",
  errorNameLong: "Please use at most 100 characters.",
  errorEmailMissing: "Please enter your email address.",
  errorEmail: "Please enter a complete email address.",
  errorMessageMissing: "Please write a message.",
  errorMessageLong: {
    one: "This message is too long by 1 character.",
    other: "This message is too long by {count} characters.",
  } as Plural,
  errorMessageBytes: "This message is too long. Please send it in parts.",
  errorField: "Please check this entry.",

  notAllowed: "This chat is not available on this page.",
  notAllowedHint: "Please use another way to contact us.",
  signIn: "Please sign in on this page, then try again.",
  offline: "Nobody is available at the moment.",
  offlineHint: "Please try again later.",
  busy: "There is a lot going on right now.",
  busyWait: "Please try again in {wait}.",
  busyHint: "Please try again in a moment.",
  invalid: "Something in the form is not right. Please check it.",
  tryAgainLater: "That did not work. Please try again.",
  networkFailed: "No connection. Please check your network and try again.",
  tryAgain: "Try again",
  challenge: "Security check",
  challengeMissing: "Please complete the security check first.",
  challengeRefused: "The security check did not succeed. Please do it once more.",
  challengeFailed: "The security check could not be loaded.",
  previousEnded: "Your previous chat has ended.",

  conversation: "Conversation",
  you: "You",
  today: "Today",
  yesterday: "Yesterday",
  sending: "Sending",
  sent: "Sent",
  notSent: "Not sent",
  emptyWaiting: "Thank you. You can keep writing, we will see everything.",
  newMessages: "New messages",
  typeMessage: "Type a message",
  send: "Send",
  charactersLeft: { one: "1 character left", other: "{count} characters left" } as Plural,
  announceMessage: "{name}: {text}",

  agentJoined: "{agent} joined the conversation",
  someoneJoined: "A colleague joined the conversation",
  chatEnded: "The chat has ended",
  chatDeclined: "The chat could not be answered",
  nobodyAvailable: "Nobody is available at the moment",
  undelivered: "A message could not be delivered",
  edited: "edited",

  bannerOffline: "You are offline. Messages will be sent when you are back.",
  bannerLost: "Connection lost. Trying again …",
  bannerThrottled: "Many messages at once. The next one is sent in {wait}.",

  endQuestion: "End this chat?",
  endExplanation: "You cannot write in it any more.",
  keepChatting: "Keep chatting",
  ending: "Ending …",
  endFailed: "The chat could not be ended. Please try again.",
  endedNotice: "This chat has ended.",
  startNew: "Start a new chat",
};
