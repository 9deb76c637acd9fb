import type { Target } from "./bench.ts";
import { type CaseResult, type Result, roundsOf, valuesOf } from "./result.ts";
import { ratios, type Summary, summarize } from "./statistics.ts";

/** Whether a target was met. */
export type Verdict = { readonly target: Target } & (
  | { readonly kind: "met" | "missed"; readonly found: Summary }
  | { readonly kind: "not measured" }
);

/** Holds a run against its targets; the median decides. A target whose case was not run is left out. */
export function judge({ cases, targets }: Pick<Result, "cases" | "targets">): readonly Verdict[] {
  return targets.flatMap((target) => {
    const found = cases.find(({ name }) => name === target.case);
    return found === undefined ? [] : [judgeOne(target, found)];
  });
}

function judgeOne(target: Target, { contenders }: CaseResult): Verdict {
  const { metric, against } = target;
  const named = (name: string) => contenders.find((contender) => contender.name === name);
  const own = named(target.contender);
  const values =
    against === undefined
      ? valuesOf(own, metric)
      : ratios(roundsOf(own, metric), roundsOf(named(against), metric));
  if (values.length === 0) return { target, kind: "not measured" };
  const found = summarize(values);
  const { atLeast = -Infinity, atMost = Infinity } = target;
  return { target, kind: found.median >= atLeast && found.median <= atMost ? "met" : "missed", found };
}
