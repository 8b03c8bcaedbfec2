import type { LauncherTexts } from "../texts";
import css from "./launcher.css";

const SVG = "http://www.w3.org/2000/svg";
const SPEECH = "M20 11.5a8 7 0 0 1-11 6.4l-4.5 1.6 1.3-3.6A6.3 6.3 0 0 1 4 11.5a8 7 0 0 1 16 0z";
const CHEVRON = "M6 9.5l6 6 6-6";

export interface Launcher {
  readonly host: HTMLElement;
  readonly shadow: ShadowRoot;
  /** Where the chat is drawn: before the button, so that tabbing leads from one to the other. */
  readonly container: HTMLElement;
  focus(): void;
  draw(open: boolean, busy: boolean, unread: number, unreadText: string): void;
  /** Says that the chat could not be loaded; without `onRetry` it says so no more. */
  fail(onRetry?: () => void): void;
}

/** The round button and the notice of a failed load, in a shadow root of their own. */
export function createLauncher(texts: LauncherTexts, direction: string, slot: number, onClick: () => void): Launcher {
  const host = document.createElement("interact-widget");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];
  host.dir = direction;
  host.style.setProperty("--slot", `${slot}`);

  const container = document.createElement("div");
  const svg = document.createElementNS(SVG, "svg");
  const path = svg.appendChild(document.createElementNS(SVG, "path"));
  svg.setAttribute("viewBox", "0 0 24 24");
  const button = element("button", "launcher", svg);
  button.onclick = onClick;
  shadow.append(container, button);
  let failure: Element | undefined;

  return {
    host,
    shadow,
    container,
    focus: () => button.focus(),
    draw: (open, busy, unread, unreadText) => {
      path.setAttribute("d", open ? CHEVRON : SPEECH);
      button.ariaExpanded = `${open}`;
      button.ariaBusy = `${busy}`;
      button.ariaLabel = (open ? texts.closeChat : texts.openChat) + (unread ? `, ${unreadText}` : "");
      // The chat's style sheet draws the badge: only with the chat there is anything unread.
      button.dataset["unread"] = unread > 9 ? "9+" : `${unread || ""}`;
    },
    fail: (onRetry) => {
      failure?.remove();
      if (!onRetry) return;
      const retry = element("button", "", texts.retry);
      const dismiss = element("button", "", texts.dismiss);
      failure = element("div", "failure", texts.loadFailed, document.createElement("br"), retry, dismiss);
      failure.role = "alert";
      retry.onclick = onRetry;
      dismiss.onclick = () => failure?.remove();
      button.before(failure);
    },
  };
}

function element<Name extends "button" | "div">(
  name: Name,
  className: string,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}
