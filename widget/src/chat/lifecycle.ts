import type { Clock } from "./clock";

const LOOK_MS = 5000;
/** Timers that come so late have slept with the machine. */
const JUMP_MS = 20_000;

export interface LifecycleListener {
  /** The page goes, or rests where it may not do anything; `forGood` as far as anybody can know. */
  gone(forGood: boolean): void;
  /** After `gone` the page is there again. */
  back(): void;
  /** Looked at again, online again, or woken after a sleep (`jumped`) that no event told of. */
  awake(jumped: boolean): void;
  /** Some seconds have passed, or the page was hidden, or the network lost. */
  changed(): void;
}

/** Hears when the page is hidden, frozen, put aside and taken out again, and when the machine has slept. */
export class Lifecycle {
  private readonly stopping = new AbortController();

  constructor(
    private readonly clock: Pick<Clock, "now">,
    private readonly listener: LifecycleListener,
  ) {}

  start(): void {
    const { listener } = this;
    const { signal } = this.stopping;
    const hear = (target: EventTarget, types: readonly string[], heed: (event: Event) => void): void => {
      for (const type of types) target.addEventListener(type, heed, { signal });
    };
    hear(window, ["pagehide"], () => listener.gone(true));
    hear(document, ["freeze"], () => listener.gone(false));
    hear(document, ["resume"], () => listener.back());
    hear(window, ["pageshow"], (event) => (event as PageTransitionEvent).persisted && listener.back());
    hear(document, ["visibilitychange"], () => this.look());
    hear(window, ["focus", "online"], () => this.look());
    hear(window, ["offline"], () => listener.changed());
    let last = this.clock.now();
    const watch = setInterval(() => {
      const passed = this.clock.now() - last;
      last += passed;
      // The timers of hidden pages are late by rule.
      if (passed > JUMP_MS && document.visibilityState === "visible") listener.awake(true);
      else listener.changed();
    }, LOOK_MS);
    signal.addEventListener("abort", () => clearInterval(watch));
  }

  stop(): void {
    this.stopping.abort();
  }

  private look(): void {
    if (document.visibilityState === "visible") this.listener.awake(false);
    else this.listener.changed();
  }
}
