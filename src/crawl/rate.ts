import type { FrontierState } from "./frontier-store.ts";

/** So many of the latest pages say how fast a crawl goes. */
const LATELY = 200;

/**
 * Pages a second: of the latest ones while a crawl runs, of all of them once it has ended.
 *
 * @param atOf When the page of a number was kept, counted from 1; milliseconds since 1970, as all times.
 */
export function pagesPerSecond(
  { counts: { pages }, startedMs, endedMs }: Pick<FrontierState, "counts" | "startedMs" | "endedMs">,
  nowMs: number,
  atOf: (seq: number) => number | undefined,
): number {
  const before = endedMs === undefined ? Math.max(0, pages - LATELY) : 0;
  const sinceMs = (before > 0 ? atOf(before) : undefined) ?? startedMs;
  const ms = (endedMs ?? nowMs) - sinceMs;
  return ms > 0 ? (1_000 * (pages - before)) / ms : 0;
}
