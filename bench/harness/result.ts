import type { Measurement, Metric, Target } from "./bench.ts";
import type { Machine } from "./machine.ts";

/** What a run of a bench found: written as it is to `bench/results/<name>.json`. */
export interface Result {
  readonly name: string;
  readonly claim: string;
  readonly notes: readonly string[];
  /** RFC 3339, in UTC. */
  readonly measuredAt: string;
  readonly durationMs: number;
  readonly machine: Machine;
  /** How many cores other programs kept busy meanwhile, on average; absent where it cannot be known. */
  readonly otherCores?: number;
  readonly isQuick: boolean;
  readonly rounds: number;
  readonly metrics: readonly Metric[];
  readonly cases: readonly CaseResult[];
  readonly targets: readonly Target[];
}

export interface CaseResult {
  readonly name: string;
  /** In the order of declaration. */
  readonly contenders: readonly ContenderResult[];
}

/** What became of a contender in a case. */
export type ContenderResult = { readonly name: string } & (
  | {
      readonly kind: "measured";
      /** One a round, in their order. */
      readonly samples: readonly Measurement[];
      /** Why there are fewer than the others have. */
      readonly fewerBecause?: string;
      /** What is to be known of these numbers: one a round that has something, in which it is named. */
      readonly warnings?: readonly string[];
    }
  | { readonly kind: "skipped"; readonly because: string }
  /** It answered something else than it had to. */
  | { readonly kind: "wrong"; readonly what: string }
  | { readonly kind: "failed"; readonly what: string }
);

/** A contender's numbers for a metric, one a round that has it. */
export function valuesOf(result: ContenderResult | undefined, metric: string): readonly number[] {
  return roundsOf(result, metric).filter((value) => value !== undefined);
}

/** A contender's numbers for a metric, round by round; `undefined` where a round has none. */
export function roundsOf(
  result: ContenderResult | undefined,
  metric: string,
): readonly (number | undefined)[] {
  return result?.kind === "measured" ? result.samples.map((sample) => sample[metric]) : [];
}
