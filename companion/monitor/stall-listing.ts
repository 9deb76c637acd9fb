import type { Stall } from "../stalls/report.ts";
import type { Reply } from "./reply.ts";

/** What the stalls were, each with where it was. */
export function stallListingOf(stalls: readonly Stall[]): Reply {
  return {
    lines: stalls.length === 0 ? ["None."] : stalls.flatMap(linesOf),
    value: stalls.map(({ atMs, ...stall }) => ({ at: new Date(atMs).toISOString(), ...stall })),
  };
}

function linesOf({ atMs, forMs, isOver, stack, isLate }: Stall): readonly string[] {
  const duration = `${isOver ? "" : "more than "}${Math.round(forMs)} ms`;
  // Where it was is not known for what could not be stopped.
  const note = isLate
    ? ", in native code before it came here:"
    : stack.length === 0
      ? ", nobody saw where"
      : "";
  return [`${new Date(atMs).toISOString()}  ${duration}${note}`, ...stack.map((frame) => `  ${frame}`)];
}
