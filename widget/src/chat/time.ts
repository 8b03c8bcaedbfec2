import type { ChatTexts } from "../texts";

/** "10:02", as people in `locale` write it. */
export function clockTime(at: number, locale: string): string {
  return Number.isFinite(at) ? new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(at) : "";
}

/** "Today", "Yesterday", or the date. */
export function dayName(at: number, now: number, locale: string, texts: ChatTexts): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return texts.today;
  if (days === 1) return texts.yesterday;
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }).format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** "12 sec" or "3 min", as people in `locale` write it. */
export function waitText(seconds: number, locale: string): string {
  const [count, unit] =
    seconds <= 90 ? [Math.max(1, Math.ceil(seconds)), "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(count);
}
