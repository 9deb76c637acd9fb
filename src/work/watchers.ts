import type { Clock } from "#kernel";

/** Who waits for something to happen to things that have ids; `T` says what has. */
export interface Watch<T = void> {
  /** Something has happened to this one. */
  note(id: string, what: T): void;
  /**
   * Waits until something happens to one of these that matters, for so long at most.
   *
   * @param matters Asked as it happens; all does by default.
   */
  next(ids: readonly string[], holdMs: number, matters?: (what: T, id: string) => boolean): Promise<void>;
}

/** Opens one, with nobody waiting. */
export function createWatch<T = void>(clock: Clock): Watch<T> {
  const watchers = new Map<string, Set<(what: T, id: string) => void>>();
  return {
    note: (id, what) => watchers.get(id)?.forEach((wake) => wake(what, id)),
    async next(ids, holdMs, matters = () => true) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stopTimer = clock.setTimer(resolve, holdMs);
      const wake = (what: T, id: string) => {
        if (matters(what, id)) resolve();
      };
      for (const id of ids) watchers.set(id, (watchers.get(id) ?? new Set()).add(wake));
      await promise;
      stopTimer();
      for (const id of ids) {
        const waiting = watchers.get(id);
        waiting?.delete(wake);
        if (waiting?.size === 0) watchers.delete(id);
      }
    },
  };
}
