/** Keeps a full-screen panel above the on-screen keyboard, which covers fixed elements; returns how to stop. */
export function followKeyboard(element: HTMLElement): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => undefined;
  const follow = (): void => {
    // A page that is zoomed in by hand scrolls freely; only a keyboard shortens the view at scale 1.
    const covered = viewport.scale === 1 ? innerHeight - viewport.height - viewport.offsetTop : 0;
    element.style.setProperty("--covered", `${Math.max(0, Math.round(covered))}px`);
  };
  viewport.addEventListener("resize", follow);
  viewport.addEventListener("scroll", follow);
  return () => {
    viewport.removeEventListener("resize", follow);
    viewport.removeEventListener("scroll", follow);
  };
}
