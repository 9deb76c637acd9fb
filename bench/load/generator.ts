import { quantile } from "../harness/statistics.ts";
import { closedLoop } from "./closed-loop.ts";
import type { LoadOrder, LoadReport } from "./load.ts";
import { openLoop } from "./open-loop.ts";

/** Carries out one order. */
async function carryOut(order: LoadOrder): Promise<LoadReport> {
  const { perSecond } = order;
  const seen = perSecond === undefined ? await closedLoop(order) : await openLoop({ ...order, perSecond });
  const sorted = seen.latenciesMs.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    elapsedMs: seen.elapsedMs,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    fault: seen.faults[0] ?? null,
  };
}

// Whoever started us sends orders, one after the other; the end of their channel is ours.
process.on("message", (order: LoadOrder) => {
  carryOut(order).then(
    (report) => process.send?.(report),
    (error: unknown) =>
      process.send?.({
        count: 0,
        elapsedMs: 0,
        p50Ms: 0,
        p99Ms: 0,
        fault: String(error),
      } satisfies LoadReport),
  );
});
process.once("disconnect", () => process.exit());
