import type { InteractOptions } from "../npm";

export type { InteractOptions } from "../npm";

/** What the preview page says besides: nothing for other pages, which no preflight lets send it. */
export interface PreviewOptions extends InteractOptions {
  readonly previewPass?: string | undefined;
}

/** Who is contacted: a service (a team with a workflow) or a single user. */
export interface ContactReference {
  readonly kind: "service" | "user";
  readonly id: string;
}

/** The contact that valid options name. */
export function contactOf({ serviceId, contactId }: InteractOptions): ContactReference {
  return serviceId ? { kind: "service", id: serviceId } : { kind: "user", id: contactId ?? "" };
}

/** One widget and one stored conversation exist per such key; undefined where the options do not name exactly one contact. */
export function storageKey(options: InteractOptions): string | undefined {
  const { widgetKey, serviceId, contactId } = options;
  if (!widgetKey || !serviceId === !contactId) return undefined;
  return `interact:${widgetKey}:${serviceId ? "service" : "user"}:${serviceId ?? contactId ?? ""}`;
}
