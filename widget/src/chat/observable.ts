/** A value that tells when it changes. */
export class Observable<Value> {
  private readonly listeners = new Set<(value: Value) => void>();

  constructor(private current: Value) {}

  get value(): Value {
    return this.current;
  }

  update(change: Partial<Value>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener(this.current);
  }

  subscribe(listener: (value: Value) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves as soon as `holds` does. */
  until(holds: (value: Value) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (value: Value): void => {
        if (!holds(value)) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = this.subscribe(look);
      look(this.current);
    });
  }
}
