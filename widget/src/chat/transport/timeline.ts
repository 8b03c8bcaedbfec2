import type { ThreadMessage } from "./transport";

/** Reads after which missing positions count as never used. */
const PATIENCE = 5;

/**
 * The thread's messages by their sequence, and from where to read on.
 *
 * A service may show a later message before an earlier one. Reading on "from the last seen time" would then miss the
 * earlier one for ever, so reading goes on from below the lowest missing position until that is filled or given up.
 */
export class Timeline {
  private readonly byId = new Map<string, ThreadMessage>();
  private ordered: readonly ThreadMessage[] = [];
  /** How often a hole between two positions was met. */
  private readonly misses = new Map<string, number>();
  private settled: ThreadMessage | undefined;

  get messages(): readonly ThreadMessage[] {
    return this.ordered;
  }

  /** The last message below which nothing is missing. */
  get floor(): ThreadMessage | undefined {
    return this.settled;
  }

  /** Takes the outcome of one complete read; true if there is anything new to show. */
  add(messages: readonly ThreadMessage[]): boolean {
    let changed = false;
    for (const message of messages) {
      if (this.byId.get(message.id)?.version === message.version) continue;
      this.byId.set(message.id, message);
      changed ||= message.shown;
    }
    this.settle();
    if (changed) this.ordered = this.inOrder();
    return changed;
  }

  private settle(): void {
    const all = [...this.byId.values()].sort(bySequence);
    const known = this.settled;
    const missing: string[] = [];
    let previous: ThreadMessage | undefined;
    for (const message of all) {
      if (known && message.sequence < known.sequence) continue;
      if (previous && message.sequence - previous.sequence > 1) {
        const hole = `${previous.sequence}-${message.sequence}`;
        if ((this.misses.get(hole) ?? 0) < PATIENCE) missing.push(hole);
      }
      if (missing.length === 0) this.settled = message;
      previous = message;
    }
    for (const hole of missing) this.misses.set(hole, (this.misses.get(hole) ?? 0) + 1);
  }

  /** A message that was sent twice after an unknown outcome is shown once; one that was changed later, as it is now. */
  private inOrder(): readonly ThreadMessage[] {
    const own = new Set<string>();
    const all = [...this.byId.values()].sort(bySequence);
    const changes = new Map(all.filter(({ target }) => target).map((change) => [change.target, change]));
    return all
      .filter(({ id, shown, clientMessageId, target }) => {
        // What was deleted is still shown, as deleted, in its place.
        if (target || !(shown || changes.has(id)) || (clientMessageId && own.has(clientMessageId))) return false;
        if (clientMessageId) own.add(clientMessageId);
        return true;
      })
      .map((message) => {
        const change = changes.get(message.id);
        return change ? { ...message, text: change.text, ...(change.event ? { event: change.event } : {}) } : message;
      });
  }
}

function bySequence(one: ThreadMessage, other: ThreadMessage): number {
  return (
    one.sequence - other.sequence || one.createdOn.localeCompare(other.createdOn) || one.id.localeCompare(other.id)
  );
}
