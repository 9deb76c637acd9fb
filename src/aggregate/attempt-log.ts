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

/** How a branch got at answers other than by attempts of its own; `partial`: that it got some of them only. */
export type Note = "hit" | "stale" | "shared" | "fallback" | "partial";

/** An attempt that has not ended counts as cancelled by whoever asks. */
interface Begun extends Pick<Attempt, "upstream" | "kind" | "startMs"> {
  endMs?: number;
  outcome?: string;
}

const NO_NOTES: ReadonlySet<Note> = new Set();

/** What a branch did to get its result. A class, for every branch of every request keeps one. */
export class AttemptLog {
  readonly #now: () => number;
  readonly #begun: Begun[] = [];
  #notes: Set<Note> | undefined;

  /** @param now Milliseconds since the request began. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The attempts so far; one that has not ended counts as cancelled now. */
  attempts(): readonly Attempt[] {
    return this.#begun.map(({ upstream, kind, startMs, endMs = this.#now(), outcome = "cancelled" }) => ({
      upstream,
      kind,
      startMs,
      endMs,
      outcome,
    }));
  }

  get notes(): ReadonlySet<Note> {
    return this.#notes ?? NO_NOTES;
  }

  /** Notes the start of an attempt; call what it returns with the outcome. */
  begin(upstream: string, kind: AttemptKind): (outcome: string) => void {
    const attempt: Begun = { upstream, kind, startMs: this.#now() };
    this.#begun.push(attempt);
    return (outcome) => {
      attempt.endMs = this.#now();
      attempt.outcome = outcome;
    };
  }

  note(what: Note): void {
    this.#notes ??= new Set();
    this.#notes.add(what);
  }
}
