// How people and times are shown.

const TONES = 5;

export const PRESENCE_NAMES = {
  Available: "Available",
  Busy: "Busy",
  DoNotDisturb: "Do not disturb",
  Away: "Away",
  Offline: "Offline",
};

/** At most two letters. */
export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => (word ?? "").charAt(0)).join("").toUpperCase();
}

/** Fill an avatar element for a person, or for the app. */
export function fillAvatar(element, name, { app = false, presence } = {}) {
  const tone = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % TONES;
  element.className = app ? "avatar avatar-app" : `avatar tone-${tone}`;
  element.textContent = app ? "" : initials(name);
  if (presence) {
    element.dataset.presence = presence;
  } else {
    delete element.dataset.presence;
  }
}

export function clockTime(timestamp) {
  return new Date(timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** "Today", "Yesterday" or the date. */
export function dayName(timestamp) {
  const day = new Date(timestamp);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86_400_000);
  return ["Today", "Yesterday"][days] ?? day.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}
