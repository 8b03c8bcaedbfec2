/** The part of `Storage` that the widget uses. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** `localStorage`, or memory from the moment that it throws (blocked, partitioned away, or full). */
export function safeStorage(open: () => KeyValueStorage): KeyValueStorage {
  const memory = new Map<string, string>();
  const guarded = <Result>(use: (storage: KeyValueStorage) => Result, fallback: () => Result): Result => {
    try {
      return use(open());
    } catch {
      return fallback();
    }
  };
  return {
    getItem: (key) =>
      memory.get(key) ??
      guarded(
        (storage) => storage.getItem(key),
        () => null,
      ),
    setItem: (key, value) =>
      guarded(
        (storage) => {
          storage.setItem(key, value);
          memory.delete(key);
        },
        () => void memory.set(key, value),
      ),
    removeItem: (key) => {
      memory.delete(key);
      guarded(
        (storage) => {
          storage.removeItem(key);
        },
        () => undefined,
      );
    },
  };
}
