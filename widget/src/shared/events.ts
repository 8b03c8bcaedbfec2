import type { EventName, InteractEvents } from "../npm";

/** Tells the page what has happened in the widget that `host` is: DOM events, from where `on()` has them. */
export function emit<Name extends EventName>(host: Element, name: Name, detail: InteractEvents[Name]): void {
  host.dispatchEvent(new CustomEvent(`interact:${name}`, { detail, bubbles: true }));
}
