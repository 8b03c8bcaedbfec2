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
