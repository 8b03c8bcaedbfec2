import type { PresenceState } from "../shared/presence";
import type { Language } from "../texts/launchers";

/** `chat` says to screen readers what the state is of. */
type PresenceTexts = Readonly<Record<PresenceState | "chat", string>>;

/** Here rather than in the catalogues, which come only with the chat. */
export const PRESENCE_TEXTS: Readonly<Record<Language, PresenceTexts>> = {
  en: { available: "Available", busy: "Busy", offline: "Offline", chat: "Chat" },
  de: { available: "Verfügbar", busy: "Beschäftigt", offline: "Offline", chat: "Chat" },
  fr: { available: "Disponible", busy: "Occupé", offline: "Hors ligne", chat: "Chat" },
  ar: { available: "متاح", busy: "مشغول", offline: "غير متصل", chat: "الدردشة" },
};
