import { accessSync, constants } from "node:fs";
import path from "node:path";

/** The shell is the same engine without what a person needs around it, for half of the work; tests/browser.py has this order as well. */
const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** The Chromium that `CHROMIUM` names, else the first that is installed; throws without any. */
export function chromiumPath(): string {
  const named = process.env["CHROMIUM"];
  const found = (named ? [named] : NAMES).map(onPath).find((file) => file !== undefined);
  if (!found) throw new Error(`no Chromium: install one of ${NAMES.join(", ")}, or name one in CHROMIUM`);
  return found;
}

function onPath(name: string): string | undefined {
  const folders = path.isAbsolute(name) ? [""] : (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
