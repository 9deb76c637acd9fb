/** What is known of the load in hand. */
export type Loading<Key, Value> =
  | { readonly kind: "idle" }
  | { readonly kind: "loading"; readonly key: Key; readonly previous: Value | undefined }
  | { readonly kind: "loaded"; readonly key: Key; readonly value: Value };

/** One load at a time, of which only the latest counts. */
export interface Latest<Key, Value> {
  /** The present state; the same object until it changes. */
  readonly get: () => Loading<Key, Value>;
  /** Calls back on every change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Aborts the load before, if any, and starts this one. */
  readonly load: (key: Key) => void;
  /** Aborts what is loading and forgets what was loaded. */
  readonly clear: () => void;
}

/**
 * Keeps the outcome of the last load asked for: an earlier one that comes in late changes nothing.
 *
 * @param load Rejects only when its signal aborts.
 */
export function createLatest<Key, Value>(
  load: (key: Key, signal: AbortSignal) => Promise<Value>,
): Latest<Key, Value> {
  const listeners = new Set<() => void>();
  let state: Loading<Key, Value> = { kind: "idle" };
  let current = new AbortController();

  const become = (next: Loading<Key, Value>) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const begin = () => {
    current.abort();
    current = new AbortController();
    return current.signal;
  };
  const run = async (key: Key, signal: AbortSignal) => {
    try {
      const value = await load(key, signal);
      if (!signal.aborted) become({ kind: "loaded", key, value });
    } catch (error) {
      // We aborted it ourselves, for another that has reported since or will.
      if (!signal.aborted) throw error;
    }
  };

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    load(key) {
      const signal = begin();
      become({ kind: "loading", key, previous: valueOf(state) });
      void run(key, signal);
    },
    clear() {
      begin();
      become({ kind: "idle" });
    },
  };
}

/** The last value there was, also while another is on its way. */
export function valueOf<Key, Value>(state: Loading<Key, Value>): Value | undefined {
  if (state.kind === "loading") return state.previous;
  return state.kind === "loaded" ? state.value : undefined;
}
