/** Why an attempt was made. */
export type AttemptKind = "first" | "retry" | "hedge" | "fallback";

/** One attempt of a branch. Times are in milliseconds since the request began. */
export interface Attempt {
  readonly upstream: string;
  readonly kind: AttemptKind;
  readonly startMs: number;
  readonly endMs: number;
  /** `ok`, `cancelled`, or the label of its fault. */
  readonly outcome: string;
}

/** How a branch got at answers other than by attempts of its own. */
export type Note = "hit" | "stale" | "shared" | "fallback";

/** What a branch did to get its result. */
export interface AttemptLog {
  /** The attempts so far; one that has not ended counts as cancelled now. */
  readonly attempts: () => readonly Attempt[];
  readonly notes: ReadonlySet<Note>;
  /** Notes the start of an attempt; call what it returns with the outcome. */
  begin(upstream: string, kind: AttemptKind): (outcome: string) => void;
  note(what: Note): void;
}

/** @param now Milliseconds since the request began. */
export function createAttemptLog(now: () => number): AttemptLog {
  const begun: (Omit<Attempt, "endMs" | "outcome"> & { end?: Pick<Attempt, "endMs" | "outcome"> })[] = [];
  const notes = new Set<Note>();
  return {
    attempts: () =>
      begun.map(({ end, ...attempt }) => ({
        ...attempt,
        ...(end ?? { endMs: now(), outcome: "cancelled" }),
      })),
    notes,
    begin(upstream, kind) {
      const attempt: (typeof begun)[number] = { upstream, kind, startMs: now() };
      begun.push(attempt);
      return (outcome) => {
        attempt.end = { endMs: now(), outcome };
      };
    },
    note: (what) => void notes.add(what),
  };
}
