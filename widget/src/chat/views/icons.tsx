import type { JSX } from "preact";

const PATHS = {
  chat: "M20 11.5a8 7 0 0 1-11 6.4L4.5 19.5l1.3-3.6A6.3 6.3 0 0 1 4 11.5a8 7 0 0 1 16 0z",
  minimize: "M6 9.5l6 6 6-6",
  end: "M7 7l10 10M17 7L7 17",
  more: "M5.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M11.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M17.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0",
  send: "M5 12h13M12.5 6l6 6-6 6",
  down: "M12 6v12M6.5 12.5L12 18l5.5-5.5",
  warning: "M12 8v5M12 16.4v.1M12 3.5l9 16H3z",
};

/** A decorative line drawing; the button around it has the name. */
export function Icon({ name }: { name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" class="icon">
      <path d={PATHS[name]} />
    </svg>
  );
}
