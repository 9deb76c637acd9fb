import type { Frontier } from "../src/crawl/frontier.ts";
import type { Report } from "../src/crawl/wire.ts";
import { keepSegment } from "./crawl-records.ts";
import { keepEdges } from "./crawl-edges.ts";
import { keepHostNotes } from "./crawl-host-notes.ts";

/**
 * Takes in a report with all that is kept of it, as a whole or not at all.
 *
 * @returns `false` when its lease had run out: nothing of it counts.
 */
export function commitReport(
  storage: DurableObjectStorage,
  frontier: Pick<Frontier, "report">,
  report: Report,
  nowMs: number,
): boolean {
  return storage.transactionSync(() => {
    if (!frontier.report(report, nowMs)) return false;
    keepEdges(storage, report.results);
    keepHostNotes(storage, report.hosts ?? [], nowMs);
    if (report.segment !== undefined) keepSegment(storage, report.segment);
    return true;
  });
}
