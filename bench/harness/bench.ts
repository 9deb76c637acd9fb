/** What a bench file declares: a claim, the cases it is measured in, and those who are measured. */
export interface Bench<World extends AsyncDisposable, Case extends BenchCase> {
  /** The file's name without `.bench.ts`. */
  readonly name: string;
  /** What is measured, and what for, in a sentence. */
  readonly claim: string;
  /** The first is the headline: its ratio to the first contender stands in the table. */
  readonly metrics: readonly Metric[];
  readonly cases: readonly Case[];
  /** The first is whom the others are compared with. */
  readonly contenders: readonly Contender<World, Case>[];
  readonly targets: readonly Target[];
  /** What the numbers do not say, one sentence each. */
  readonly notes: readonly string[];
  /** Starts what all contenders share: the upstream, the load. */
  setUp(): Promise<World>;
}

/** One kind of work. */
export interface BenchCase {
  readonly name: string;
  /** Whether `--quick` measures it too. */
  readonly isQuick: boolean;
}

/** Something that is measured. */
export interface Metric {
  /** Also its key in a measurement. */
  readonly name: string;
  /** Which way is better. */
  readonly better: "more" | "less";
  /** Whether it is drawn. */
  readonly isDrawn: boolean;
}

/** What one round gave: a number a metric; a metric that could not be measured is absent. */
export type Measurement = Readonly<Record<string, number>>;

/** Someone who does the work. */
export interface Contender<World, Case extends BenchCase> {
  readonly name: string;
  /** @throws {MissingError} When it is not installed here. */
  start(world: World): Promise<Running<Case>>;
  /** Fewer rounds than the others, where they would take too long; 0 leaves the case out. */
  limit?(work: Case): Limit | undefined;
}

/** Why a contender has fewer rounds. */
export interface Limit {
  readonly rounds: number;
  readonly because: string;
}

/** A contender that has been started. */
export interface Running<Case extends BenchCase> extends AsyncDisposable {
  /**
   * Does one round.
   *
   * @throws {WrongAnswerError} When an answer was not what it had to be: it is then not timed at all.
   */
  measure(work: Case, round: Round): Promise<Measurement>;
}

/** How a round is to be done. */
export interface Round {
  /** Shorter, for a glance: the numbers mean little. */
  readonly isQuick: boolean;
  /** Not counted: compilers and caches are to be warm afterwards. */
  readonly isWarmUp: boolean;
  /** Says under the table what is to be known of the numbers of this round. */
  readonly warn: (text: string) => void;
}

/** What the claim promises, checked after the run. */
export interface Target {
  readonly case: string;
  readonly contender: string;
  readonly metric: string;
  /** Whose number it is divided by, round by round; without it, the number itself counts. */
  readonly against?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A contender is not there to be measured. */
export class MissingError extends Error {
  override readonly name = "MissingError";
}

/** A contender did not do the work it was timed for. */
export class WrongAnswerError extends Error {
  override readonly name = "WrongAnswerError";
}
