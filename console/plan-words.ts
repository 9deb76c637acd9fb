import type { BranchExplanation, Explanation } from "../src/aggregate/explain.ts";
import { formatLimit, formatNumber } from "./format.ts";

/** The connections that an invocation has; what needs more waits, or goes over lanes. */
const CONNECTIONS = 6;

type Connections = Explanation["connections"];

/** How many calls can meet in a wave, and what becomes of those that find no connection. */
export function describeWave({ atOnce, queue, lanes }: Connections, index: number): string {
  const calls = atOnce[index] ?? 0;
  const waiting = queue.find(({ wave }) => wave === index + 1)?.waiting ?? 0;
  const all = calls === 1 ? "1 call" : `${formatNumber(calls)} at once`;
  if (waiting > 0) return `${all}, ${formatNumber(waiting)} of them wait`;
  return lanes > 0 && calls > CONNECTIONS ? `${all}, ${formatNumber(calls - CONNECTIONS)} over lanes` : all;
}

/** Whether calls of a wave may wait for a connection. */
export function isQueued({ queue }: Connections, index: number): boolean {
  return queue.some(({ wave }) => wave === index + 1);
}

/** How the calls of an endpoint share its connections. */
export function describeConnections({ atOnce, queue, lanes }: Connections): string {
  const most = Math.max(0, ...atOnce);
  const all = most === 1 ? "one call at a time" : `at most ${formatNumber(most)} calls at once`;
  if (lanes > 0) {
    return `${all}: ${CONNECTIONS} from here, the others over ${lanes === 1 ? "one lane" : `${lanes} lanes`}`;
  }
  if (queue.length === 0) return `${all}, none waits for one of the ${CONNECTIONS} connections`;
  const waits = queue.map(({ wave, waiting }) => `${formatNumber(waiting)} in wave ${wave}`);
  return `${all}; lanes are off, so ${waits.join(" and ")} wait for one of the ${CONNECTIONS} connections`;
}

/** Which of Cloudflare's plans allow the worst case: in a few words, and what that is measured by. */
export function describeFit({ fits, free, paid }: Explanation["subrequests"]): {
  readonly short: string;
  readonly long: string;
} {
  if (fits === "free") return { short: "fits the free plan", long: `which allows ${formatNumber(free)}` };
  if (fits === "paid")
    return { short: "needs the paid plan", long: `the free one allows ${formatNumber(free)}` };
  return { short: "fits no plan", long: `the paid one allows ${formatNumber(paid)}` };
}

/** How long a branch takes: `≈ 108 ms, ≤ 8 s`. */
export function describeTimes({
  typicalMs,
  worstMs,
}: Pick<BranchExplanation, "typicalMs" | "worstMs">): string {
  const worst = `≤\u00a0${formatLimit(worstMs)}`;
  return typicalMs === null ? worst : `≈\u00a0${formatLimit(typicalMs)}, ${worst}`;
}

/** How many calls a branch makes: `1 call`, `2–12 calls`. */
export function describeCalls({ typical, worst }: BranchExplanation["calls"]): string {
  if (worst === 1) return "1 call";
  return `${typical === worst ? "" : `${formatNumber(typical)}–`}${formatNumber(worst)} calls`;
}

/** What the worst case of a branch is made of: `3 attempts × 2 copies, 1 at mirror`; empty for one call. */
function describeFactors({ worst, sources }: BranchExplanation["calls"]): string {
  if (worst === 1) return "";
  const products = sources.map(({ upstream, factors }, index) => {
    const product = factors.map(({ count, of }) => `${formatNumber(count)} ${of}`).join(" × ");
    return `${product || "1"}${index === 0 ? "" : ` at ${upstream}`}`;
  });
  return products.join(" and ");
}

/** The same for reading aloud: `usually 108 ms, at most 8 s`. */
function spellTimes({ typicalMs, worstMs }: BranchExplanation): string {
  const worst = `at most ${formatLimit(worstMs)}`;
  return typicalMs === null ? worst : `usually ${formatLimit(typicalMs)}, ${worst}`;
}

/** A branch in a sentence or two, with all that its drawing says. */
export function describeBranch(branch: BranchExplanation, isCritical: boolean): string {
  const { upstream, target, needs, optional, calls, notes } = branch;
  const factors = describeFactors(calls);
  const parts = [
    optional ? "optional" : "required",
    needs.length === 0 ? "starts at once" : `waits for ${needs.join(" and ")}`,
    ...(isCritical ? ["on the critical path"] : []),
    spellTimes(branch),
    `${describeCalls(calls)}${factors === "" ? "" : ` (${factors})`}`,
    ...notes,
  ];
  return `${target === "computed" ? "a computed address" : target} of ${upstream}: ${parts.join("; ")}.`;
}

/** The whole drawing in one sentence, for those who do not see it. */
export function describeGraph({ waves, criticalPath }: Explanation): string {
  const columns = waves.map((names, index) => `wave ${index + 1}: ${names.join(", ")}`);
  return `Graph of the plan. ${columns.join("; ")}. Critical path: ${criticalPath.branches.join(", then ")}.`;
}
