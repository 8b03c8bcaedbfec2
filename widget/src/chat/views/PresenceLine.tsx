import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { followPresence, type Presence } from "../../shared/presence";

/** The contact's state where it is known, with the mark that stands beside the launcher; else another line. */
export function PresenceLine({ otherwise }: { otherwise: string }): JSX.Element {
  const line = useRef<HTMLElement>(null);
  const [presence, setPresence] = useState<Presence>();
  useLayoutEffect(() => {
    const root = line.current?.getRootNode();
    return root instanceof ShadowRoot ? followPresence(root, setPresence) : undefined;
  }, []);
  return (
    <span ref={line} data-presence={presence?.state}>
      {presence?.text ?? otherwise}
    </span>
  );
}
