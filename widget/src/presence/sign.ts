import { tellPresence, type Presence } from "../shared/presence";

/**
 * Draws a state beside the launcher: a mark and its word, told politely to screen readers when it changes, and named with
 * the launcher. While the panel is open, its header shows it instead.
 */
export function createSign(root: ShadowRoot, what: string): (presence: Presence | undefined) => void {
  const of = document.createElement("span");
  of.className = "presence-of";
  of.textContent = `${what}: `;
  const text = document.createElement("span");
  text.className = "presence-text";
  const sign = document.createElement("p");
  sign.className = sign.id = "presence";
  sign.role = "status";
  sign.append(of, text);
  let shown: Presence | undefined;
  return (presence) => {
    if (presence?.state === shown?.state) return;
    shown = presence;
    if (presence) {
      text.textContent = presence.text;
      text.dataset["presence"] = presence.state;
      // What is there when it appears is not told: nobody has asked for it. Changes are.
      if (!sign.isConnected) root.append(sign);
    } else sign.remove();
    const launcher = root.querySelector(".launcher");
    if (presence) launcher?.setAttribute("aria-describedby", sign.id);
    else launcher?.removeAttribute("aria-describedby");
    tellPresence(root, presence);
  };
}
