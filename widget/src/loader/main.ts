/**
 * The loader: defines `window.Nimbus`, draws launchers, loads the chat when it is wanted.
 *
 * A page may call before this script has loaded:
 *     window.Nimbus = window.Nimbus || { queue: [] };
 *     window.Nimbus.queue.push({ widgetKey: "…", serviceId: "…" });
 * An entry of the queue is the options of one `Interact()` call, or a function that gets `Nimbus`.
 */
import type { ChatModule } from "../shared/bridge";
import { contactOf, storageKey, type InteractOptions } from "../shared/options";
import type { Language } from "../texts";
import { createWidget, type PlacedWidget, type Widget } from "./widget";

export interface Nimbus {
  readonly isLoaded: true;
  readonly queue: { push(...entries: QueueEntry[]): void };
  /** Shows the widget of a contact; called again for the same contact it returns the same widget and changes nothing. */
  Interact(options: InteractOptions): Widget;
}

export type QueueEntry = InteractOptions | ((nimbus: Nimbus) => void);

declare global {
  interface Window {
    Nimbus?: Nimbus | { isLoaded?: never; queue?: QueueEntry[] };
  }
}

const PANEL_WIDTH = 400;

function define(script: string): Nimbus {
  const widgets = new Map<string, PlacedWidget>();
  let complained = false;

  const load = (language: Language, retry: number): Promise<ChatModule> =>
    import(new URL(CHAT_CHUNKS[language] + (retry ? `?${retry}` : ""), script).href) as Promise<ChatModule>;

  /** Panels that have no room side by side give way to the one just opened. */
  const makeRoom = (opened: Widget): void => {
    if (innerWidth < PANEL_WIDTH * widgets.size) widgets.forEach((widget) => widget === opened || widget.close());
  };

  const freeSlot = (): number => {
    let slot = 0;
    widgets.forEach((widget) => (slot = Math.max(slot, widget.slot + 1)));
    return slot;
  };

  const Interact = (options: InteractOptions): Widget => {
    const contact = contactOf(options);
    if (!options.widgetKey || !contact) {
      // The guide's snippet calls in an endless interval: once is enough to be told.
      // eslint-disable-next-line no-console -- the integrator's only way to learn what is wrong with the snippet
      if (!complained) console.error("Interact: widgetKey and either serviceId or contactId are needed");
      complained = true;
      return { open: nothing, close: nothing, destroy: nothing };
    }
    const key = storageKey(options.widgetKey, contact);
    let widget = widgets.get(key);
    if (!widget) {
      const apiBase = options.apiBase ?? new URL("../api/widget/v1", script).href;
      const onDestroy = (): unknown => widgets.delete(key);
      widget = createWidget(options, { key, contact, apiBase, slot: freeSlot(), load, onOpen: makeRoom, onDestroy });
      widgets.set(key, widget);
    }
    widget.mount();
    return widget;
  };

  const push = (...entries: QueueEntry[]): void =>
    entries.forEach((entry) => (typeof entry === "function" ? entry(nimbus) : Interact(entry)));

  const nimbus: Nimbus = { isLoaded: true, Interact, queue: { push } };
  return nimbus;
}

function nothing(): void {
  // The handle of a widget that could not be made.
}

/** The address of this script; `currentScript` is empty where a tool turned the loader into a module. */
function ownAddress(): string {
  const script = document.currentScript ?? document.querySelector("script[src*='interact.js']");
  return (script as HTMLScriptElement).src;
}

const before = window.Nimbus;
// A second copy of the loader on the page leaves the first one's widgets alone.
if (!before?.isLoaded) {
  const nimbus = define(ownAddress());
  window.Nimbus = nimbus;
  nimbus.queue.push(...(before?.queue ?? []));
}
