/** What the watchdog tells the thread that it watches, about its stall of a number. */
export type StallReport =
  /** From now on. */
  | { readonly t: "watching" }
  /** `atMs` since 1970. */
  | { readonly t: "stalled"; readonly stall: number; readonly atMs: number; readonly forMs: number }
  | {
      readonly t: "stack";
      readonly stall: number;
      readonly stack: readonly string[];
      /** It could not be stopped for so long that this is rather where it went on. */
      readonly isLate: boolean;
    }
  | { readonly t: "ended"; readonly stall: number; readonly afterMs: number };

/** A stall, as far as it is known. */
export interface Stall {
  /** When it was noticed, in milliseconds since 1970. */
  readonly atMs: number;
  /** How long it has lasted at least. */
  readonly forMs: number;
  readonly isOver: boolean;
  /** Where it was, a line a frame, the innermost first; empty where nobody could see it. */
  readonly stack: readonly string[];
  readonly isLate: boolean;
}

/** Keeps the last stalls. */
export interface StallBook {
  note(report: Exclude<StallReport, { t: "watching" }>): void;
  /** From old to new. */
  list(): readonly Stall[];
}

/** @param most So many are kept. */
export function createStallBook(most: number): StallBook {
  const stalls = new Map<number, Stall>();
  const change = (stall: number, changes: Partial<Stall>) => {
    const known = stalls.get(stall);
    if (known !== undefined) stalls.set(stall, { ...known, ...changes });
  };
  return {
    note(report) {
      switch (report.t) {
        case "stalled": {
          const { stall, atMs, forMs } = report;
          stalls.set(stall, { atMs, forMs, isOver: false, stack: [], isLate: false });
          const [oldest] = stalls.keys();
          if (stalls.size > most && oldest !== undefined) stalls.delete(oldest);
          return;
        }
        case "stack":
          return change(report.stall, { stack: report.stack, isLate: report.isLate });
        case "ended":
          return change(report.stall, { forMs: report.afterMs, isOver: true });
      }
    },
    list: () => [...stalls.values()],
  };
}
