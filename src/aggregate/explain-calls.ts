import type { BranchPlan, SourcePlan } from "./branch-plan.ts";

/** What multiplies the calls to a source, such as 3 attempts. */
interface Factor {
  readonly count: number;
  readonly of: "elements" | "batches" | "pages" | "attempts" | "copies";
}

/** The calls that one source of a branch may take. */
interface SourceCalls {
  readonly upstream: string;
  /** The product of the factors. */
  readonly worst: number;
  /** Those above 1; without any it is one call. */
  readonly factors: readonly Factor[];
}

/** How many calls a branch takes. A redirect that is followed is one more, and is in none of these. */
export interface BranchCalls {
  /** When every call succeeds at once and lists are as long as they may be. */
  readonly typical: number;
  /** When every attempt is slow enough for a copy and then fails. Retry budget and breaker prevent most of that. */
  readonly worst: number;
  /** The same with what a pace costs: a call of the limiter for each turn, and another where the turn is far off. */
  readonly subrequests: { readonly typical: number; readonly worst: number };
  /** What `worst` is the sum of: the branch's own source, then those that stand in for it. */
  readonly sources: readonly SourceCalls[];
}

/** Counts the calls of a branch. */
export function countCalls(branch: BranchPlan): BranchCalls {
  const rounds = roundsOf(branch);
  const all = sourcesOf(branch);
  const sources = all.map((source) => countSource(source, rounds));
  const isPaced = branch.source.upstream.pace !== undefined;
  return {
    typical: rounds.count,
    worst: sum(sources.map(({ worst }) => worst)),
    subrequests: {
      typical: rounds.count * (isPaced ? 2 : 1),
      worst: sum(all.map((source) => countSource(source, rounds).worst * (1 + mostTurnCalls(source)))),
    },
    sources,
  };
}

/** The most calls of a branch that can run at once: a page waits for the one before it, elements for nothing. */
export function countAtOnce(branch: BranchPlan): number {
  const calls = branch.pages === undefined ? roundsOf(branch).count : 1;
  return calls * Math.max(...sourcesOf(branch).map(copiesOf));
}

/** Where a branch may call, in order. Only a single call has others that stand in for it. */
export function sourcesOf({ source, fallback, each, pages }: BranchPlan): readonly SourcePlan[] {
  if (each !== undefined || pages !== undefined) return [source];
  return [source, ...fallback.filter((step) => "upstream" in step)];
}

/** The worst case in words: `5 batches × 3 attempts × 2 (hedged)`, `3 attempts + 1 at mirror`. */
export function describeCalls({ sources }: BranchCalls, format: (count: number) => string = String): string {
  return sources
    .map(({ upstream, factors }, index) => {
      const product = factors.map(({ count, of }) =>
        of === "copies" ? `${count} (hedged)` : `${format(count)} ${of}`,
      );
      return `${product.join(" × ") || "1"}${index === 0 ? "" : ` at ${upstream}`}`;
    })
    .join(" + ");
}

/** All of them together; 0 of none. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** How often a branch asks its source at most, for one thing each time. */
function roundsOf({ each, pages }: BranchPlan): Factor {
  if (pages !== undefined) return { count: pages.maxPages, of: "pages" };
  const { max, batchSize } = each ?? { max: 1, batchSize: 1 };
  return { count: Math.ceil(max / batchSize), of: batchSize > 1 ? "batches" : "elements" };
}

function countSource(source: SourcePlan, rounds: Factor): SourceCalls {
  const all: readonly Factor[] = [
    rounds,
    { count: source.retry.attempts, of: "attempts" },
    { count: copiesOf(source), of: "copies" },
  ];
  const worst = all.reduce((product, { count }) => product * count, 1);
  return { upstream: source.upstream.name, worst, factors: all.filter(({ count }) => count > 1) };
}

/** How often the limiter is asked for one turn: once, and once more for a place that was reserved. */
function mostTurnCalls({ upstream }: SourcePlan): number {
  return upstream.pace === undefined ? 0 : 2;
}

/** How many copies of one attempt there may be: a hedge sends a second one. */
function copiesOf({ hedge }: SourcePlan): number {
  return hedge === undefined ? 1 : 2;
}
