/** Loading of what not every conversation needs: each file of src/parts is a chunk of its own. */
import * as preact from "preact";
import * as hooks from "preact/hooks";
import * as runtime from "preact/jsx-runtime";
import * as texts from "../texts";
import * as errors from "./errors";
import * as formRules from "./form-rules";
import * as linkify from "./linkify";
import * as context from "./views/context";
import * as viewHooks from "./views/hooks";
import * as icons from "./views/icons";
import * as problemNote from "./views/ProblemNote";

/** By the names in scripts/bundling.mjs. */
const SHARED: Readonly<Record<string, object>> = {
  preact,
  "preact/hooks": hooks,
  "preact/jsx-runtime": runtime,
  "chat/errors": errors,
  "chat/form-rules": formRules,
  "chat/linkify": linkify,
  "chat/views/context": context,
  "chat/views/hooks": viewHooks,
  "chat/views/icons": icons,
  "chat/views/ProblemNote": problemNote,
  "texts/index": texts,
};

/**
 * The exports of a part that draws (.tsx), with the chat's own Preact in it:
 *     const { OfflineForm } = await part(import("../parts/OfflineForm"));
 * A part without views (.ts) needs no such help: `await import("../parts/transcript")`.
 */
export async function part<Exports extends object>(loading: Promise<Exports>): Promise<Exports> {
  const loaded: Exports & { default?: (shared: typeof SHARED) => Exports } = await loading;
  return loaded.default ? loaded.default(SHARED) : loaded;
}
