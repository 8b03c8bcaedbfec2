import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Observable } from "../observable";

/** The value of `observable`, drawn anew whenever it changes. */
export function useObservable<Value>(observable: Observable<Value>): Value {
  const [value, setValue] = useState(observable.value);
  useLayoutEffect(() => {
    setValue(observable.value);
    return observable.subscribe(setValue);
  }, [observable]);
  return value;
}

/** Whole seconds left until `until`, counting down. */
export function useCountdown(until: number | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === undefined) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  return until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
}

/** Whether the visitor can see the page. */
export function usePageVisible(): boolean {
  const [visible, setVisible] = useState(document.visibilityState === "visible");
  useEffect(() => {
    const follow = (): void => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", follow);
    return () => document.removeEventListener("visibilitychange", follow);
  }, []);
  return visible;
}

/** Ids that no other widget on the page uses. */
let nextId = 0;
export function useUniqueId(name: string): string {
  const id = useRef<string | undefined>(undefined);
  id.current ??= `i-${name}-${(nextId += 1)}`;
  return id.current;
}

/** Tells by tone and title of messages that nobody sees, where the tenant has switched that on. */
export function useAlerts(on: boolean, unseen: number, recovered: boolean, mayRing: () => boolean): void {
  const widget = useRef({});
  // What came before this page was there is old news.
  const fresh = useRef(!recovered);
  const ring = useRef(mayRing);
  ring.current = mayRing;
  useEffect(() => {
    const rings = fresh.current;
    if (unseen > 0) fresh.current = true;
    if (!on) return;
    import("../../parts/alerts").then(
      ({ tell }) => tell(widget.current, unseen, () => rings && ring.current()),
      () => undefined,
    );
  }, [on, unseen]);
  useEffect(
    () => () => {
      if (on) void import("../../parts/alerts").then(({ forget }) => forget(widget.current));
    },
    [on],
  );
}
