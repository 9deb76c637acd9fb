import type { BranchPlan } from "./branch-plan.ts";
import { formatMs } from "./format-ms.ts";

/** What else there is to know of a branch before it runs, a few words each. */
export function notesOf(branch: BranchPlan): readonly string[] {
  const { source, statusFrom, each, pages } = branch;
  const { hedge, upstream } = source;
  const notes: string[] = [];
  if (statusFrom) notes.push("its 4xx is the answer's");
  if (each !== undefined && each.batchSize > 1) {
    notes.push(`at most ${each.max} elements, ${each.batchSize} a call`);
  }
  if (pages !== undefined) notes.push(`pages by ${pages.by}`);
  if (upstream.pace !== undefined) notes.push(`waits its turn under the limit \`${upstream.pace}\``);
  if (hedge !== undefined) {
    notes.push(`hedged after the p95, ${formatMs(hedge.minMs)} to ${formatMs(hedge.maxMs)}`);
  }
  if (upstream.breaker !== undefined) {
    const { failureRatio, minCalls, windowMs, openMs } = upstream.breaker;
    const share = `${Math.round(failureRatio * 100)} % of ≥ ${minCalls} calls`;
    notes.push(`breaker opens ${formatMs(openMs)} when ${share} fail in ${formatMs(windowMs)}`);
  }
  return [...notes, ...cacheNotes(branch), ...fallbackNotes(branch)];
}

function cacheNotes({ cache }: BranchPlan): readonly string[] {
  if (cache === undefined) return [];
  const { freshMs, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = cache;
  return [
    `cached for ${formatMs(freshMs)}`,
    ...(staleWhileRevalidateMs > 0 ? [`stale for ${formatMs(staleWhileRevalidateMs)} while refreshed`] : []),
    ...(staleIfErrorMs > 0 ? [`stale for ${formatMs(staleIfErrorMs)} on errors`] : []),
  ];
}

function fallbackNotes({ fallback }: BranchPlan): readonly string[] {
  return fallback.map((step) => {
    if ("upstream" in step) return `else from ${step.upstream.name}`;
    return "staleMs" in step
      ? `else the last good answer up to ${formatMs(step.staleMs)} old`
      : "else a value";
  });
}
