import type { ChatTexts } from "../texts";

/** The loader's button, from now on in the chat's hands. */
export interface Launcher {
  readonly draw: (open: boolean, texts: ChatTexts) => void;
  /** How many messages wait to be read, and what to call that. */
  readonly unread: (count: number, text: string) => void;
  readonly focus: () => void;
}

export function takeOver(button: HTMLButtonElement, texts: ChatTexts, onClick: () => void): Launcher {
  let name = texts.openChat;
  let note = "";
  const label = (): void => {
    button.ariaLabel = note ? `${name}, ${note}` : name;
  };
  button.onclick = onClick;
  return {
    draw: (open, { openChat, closeChat }) => {
      button.ariaExpanded = String(open);
      name = open ? closeChat : openChat;
      label();
    },
    unread: (count, text) => {
      note = count > 0 ? text : "";
      button.dataset["unread"] = count > 9 ? "9+" : `${count || ""}`;
      label();
    },
    focus: () => button.focus(),
  };
}
