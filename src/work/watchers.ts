import type { Clock } from "#kernel";

/** Who waits for something to happen to things that have ids. */
export interface Watch {
  /** Something has happened to this one. */
  note(id: string): void;
  /** Waits until something happens to one of these, for so long at most. */
  next(ids: readonly string[], holdMs: number): Promise<void>;
}

/** Opens one, with nobody waiting. */
export function createWatch(clock: Clock): Watch {
  const watchers = new Map<string, Set<() => void>>();
  return {
    note: (id) => watchers.get(id)?.forEach((wake) => wake()),
    async next(ids, holdMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stopTimer = clock.setTimer(resolve, holdMs);
      for (const id of ids) watchers.set(id, (watchers.get(id) ?? new Set()).add(resolve));
      await promise;
      stopTimer();
      for (const id of ids) {
        const waiting = watchers.get(id);
        waiting?.delete(resolve);
        if (waiting?.size === 0) watchers.delete(id);
      }
    },
  };
}
