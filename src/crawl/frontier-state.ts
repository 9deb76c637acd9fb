import type { Counts, FrontierState, FrontierStore } from "./frontier-store.ts";

/** What a frontier keeps besides its rows: in memory, and stored with the rows that change with it. */
export interface KeptState {
  get(this: void): FrontierState;
  set(this: void, change: Partial<FrontierState>): void;
  count(this: void, more: Partial<Counts>): void;
  /** Does something, and stores what it changes, as a whole or not at all. */
  inOneStep<T>(this: void, run: () => T): T;
}

/** Before anything has been done. */
export const NOTHING: Counts = {
  pages: 0,
  redirects: 0,
  sitemaps: 0,
  failed: 0,
  keptOut: 0,
  retries: 0,
  robots: 0,
  known: 0,
  links: 0,
  bytes: 0,
};

const BEGINNING: FrontierState = { phase: "paused", level: 0, lastLease: 0, counts: NOTHING, startedMs: 0 };

/** Opens what a store has of it. */
export function openState(store: Pick<FrontierStore, "load" | "save" | "inOneStep">): KeptState {
  const loaded = store.load() ?? BEGINNING;
  // A version before this one may not have counted all of it.
  let state: FrontierState = { ...loaded, counts: { ...NOTHING, ...loaded.counts } };
  const set = (change: Partial<FrontierState>) => void (state = { ...state, ...change });
  return {
    get: () => state,
    set,
    count(more) {
      const counts = { ...state.counts };
      for (const [name, by] of Object.entries(more)) counts[name as keyof Counts] += by; // its own names
      set({ counts });
    },
    inOneStep: (run) =>
      store.inOneStep(() => {
        const before = state;
        const result = run();
        if (state !== before) store.save(state);
        return result;
      }),
  };
}
