import type { Landed, Run } from "./run-state.ts";
import type { Span, Timeline } from "./timeline.ts";

/** A branch of the plan, as far as a run needs to know it. */
export interface PlannedBranch {
  readonly name: string;
  readonly needs: readonly string[];
}

/**
 * The timeline of a run as far as it is known: the Worker's own when that has come, else what was seen from here.
 *
 * @param elapsedMs How long the run has taken so far, or took.
 */
export function timelineOf(run: Run, planned: readonly PlannedBranch[], elapsedMs: number): Timeline {
  const { ending, landed } = run;
  if (ending.kind === "ended" && ending.summary._timeline !== undefined) return ending.summary._timeline;
  const durationMs = ending.kind === "ended" ? ending.summary.durationMs : elapsedMs;
  const unplanned = landed.filter(({ name }) => planned.every((branch) => branch.name !== name));
  const spans = [
    ...planned.map((branch) => spanOf(branch, run, elapsedMs)),
    ...unplanned.map((one) => toSpan(one)),
  ];
  return { durationMs, spans };
}

function spanOf({ name, needs }: PlannedBranch, { landed, ending }: Run, elapsedMs: number): Span {
  const own = landed.find((one) => one.name === name);
  if (own !== undefined) return toSpan(own);
  const needed = needs.map((need) => landed.find((one) => one.name === need));
  const startMs = Math.max(0, ...needed.map((one) => one?.atMs ?? 0));
  if (ending.kind === "stopped") return { name, startMs, endMs: elapsedMs, outcome: "cancelled" };
  if (ending.kind !== "running") return { name, startMs, endMs: elapsedMs, outcome: "unknown" };
  if (needed.includes(undefined)) return { name, startMs: 0, endMs: 0, outcome: "waiting" };
  return { name, startMs, endMs: elapsedMs, outcome: "running" };
}

/** A branch as seen from here: it ended when word of it came. */
function toSpan({ name, outcome, notes, elapsedMs, atMs }: Landed): Span {
  const span = { name, outcome, startMs: Math.max(0, atMs - elapsedMs), endMs: atMs };
  return notes === undefined ? span : { ...span, notes };
}
