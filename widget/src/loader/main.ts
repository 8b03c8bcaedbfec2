/**
 * The loader: defines `window.Nimbus`, draws launchers, loads the chat when it is wanted.
 *
 * A page may call before this script has loaded:
 *     window.Nimbus = window.Nimbus || { queue: [] };
 *     window.Nimbus.queue.push({ widgetKey: "…", serviceId: "…" });
 * An entry of the queue is the options of one `Interact()` call, a function that gets `Nimbus`, or the name of a method of
 * a widget and what it gets.
 */
import type { InteractOptions, Nimbus, QueuedCall, QueueEntry, Widget } from "../npm";
import { storageKey } from "../shared/options";
import { createWidget, type PlacedWidget, type Surroundings } from "./widget";

const PANEL_WIDTH = 400;

function define(script: string): Nimbus {
  const widgets = new Map<string, PlacedWidget>();
  let complained = false;

  const surroundings: Surroundings = {
    load: (retry, ...files) =>
      Promise.all(files.map((file) => import(new URL(file + (retry ? `?${retry}` : ""), script).href))),
    makeRoom: (opened) => {
      if (innerWidth < PANEL_WIDTH * widgets.size) widgets.forEach((widget) => widget === opened || widget.close());
    },
    forget: (key) => widgets.delete(key),
  };

  const Interact = (options: InteractOptions): Widget => {
    const key = storageKey(options);
    if (!key) {
      // The guide's snippet calls in an endless interval: once is enough to be told.
      // eslint-disable-next-line no-console -- the integrator's only way to learn what is wrong with the snippet
      if (!complained) console.error("Interact: widgetKey and either serviceId or contactId are needed");
      complained = true;
      return NO_WIDGET;
    }
    let widget = widgets.get(key);
    if (!widget) {
      const slot = ([...widgets.values()].at(-1)?.slot ?? -1) + 1;
      widget = createWidget(options, key, slot, surroundings);
      widgets.set(key, widget);
    }
    widget.mount();
    return widget;
  };

  const call = ([method, ...values]: QueuedCall): void =>
    widgets.forEach((widget) => (widget[method] as (...given: unknown[]) => void)(...values));

  const push = (...entries: QueueEntry[]): void =>
    entries.forEach((entry) => {
      if (typeof entry === "function") entry(nimbus);
      else if (isCall(entry)) call(entry);
      else Interact(entry);
    });

  const nimbus: Nimbus = { isLoaded: true, Interact, queue: { push } };
  return nimbus;
}

function isCall(entry: InteractOptions | QueuedCall): entry is QueuedCall {
  return Array.isArray(entry);
}

/** The handle of a widget that could not be made: every method does nothing. */
const NO_WIDGET = new Proxy({}, { get: () => () => undefined }) as Widget;

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
