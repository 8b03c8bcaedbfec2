import { useLayoutEffect, useRef } from "preact/hooks";

/** What the visitor pressed may lose the focus to what it has opened. */
const PRESSED = "button, a, summary, [role=button], [role=link], [type=button], [type=submit]";
const TARGETS = "form input, .write, .after button, .unavailable button";

/** Whether the visitor is at something of the host page that may take what is typed, as far as that can be seen. */
export function isElsewhere(root: Node): boolean {
  const active = document.activeElement;
  if (!(root instanceof ShadowRoot) || root.activeElement || active === null) return false;
  return active !== document.body && active !== document.documentElement && !active.matches(PRESSED);
}

/** Moves the focus to where the visitor goes on: on opening, and when one view replaces another that held it. */
export function useFocusInside(
  panel: { readonly current: HTMLElement | null },
  open: boolean,
  quiet: boolean,
  phase: string,
  asking: boolean,
): void {
  const was = useRef({ open: false, quiet: false, phase: "", asking: false });
  // Now, before what is drawn next takes the place of what may hold it: who is elsewhere by then is left alone.
  const held = useRef(false);
  held.current = activeIn(panel.current) !== null;
  useLayoutEffect(() => {
    const before = was.current;
    was.current = { open, quiet, phase, asking };
    const element = panel.current;
    if (!open || quiet || asking || !element || isElsewhere(element.getRootNode())) return;
    const active = activeIn(element);
    const replaced = before.phase !== phase || (before.asking && !asking);
    // The visitor asked for what had come back by itself.
    const wanted = before.quiet && active === null;
    const lost = held.current && (active === null || active === element);
    if (before.open && !wanted && !(replaced && lost)) return;
    const target = element.querySelector<HTMLElement>(TARGETS);
    // On touch screens a focused field would raise the keyboard over half of the panel.
    const typing = target?.matches("input, textarea") ?? false;
    if (target && !(typing && matchMedia("(pointer: coarse)").matches)) target.focus();
    else element.focus();
  }, [panel, open, quiet, phase, asking]);
}

/** The element in the panel, or the panel itself, that has the focus. */
function activeIn(element: HTMLElement | null): Element | null {
  const root = element?.getRootNode();
  const active = root instanceof ShadowRoot ? root.activeElement : null;
  return active && element?.contains(active) ? active : null;
}
