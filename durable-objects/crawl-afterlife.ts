import type { Archive } from "../src/crawl/archive.ts";
import { listSegments } from "./crawl-records.ts";

/** No batch that was under way at the end of a crawl runs for longer, wherever it is fetched. */
export const SWEEP_AFTER_MS = 20 * 60_000;

/**
 * Does what is due for a crawl that has ended: deletes files that no report told of, since whoever stored them died.
 *
 * @returns Whether it has been kept for long enough; if not, there is an alarm for when it has.
 */
export async function ageEnded(
  { storage }: Pick<DurableObjectState, "storage">,
  archive: Archive,
  endedMs: number,
  retentionMs: number,
): Promise<boolean> {
  const nowMs = Date.now();
  if (nowMs >= endedMs + retentionMs) return true;
  // Before the sweep, which may fail.
  await storage.setAlarm(
    Math.max(nowMs, nowMs < endedMs + SWEEP_AFTER_MS ? endedMs + SWEEP_AFTER_MS : endedMs + retentionMs),
  );
  await archive.sweep(new Set(listSegments(storage)));
  return false;
}

/** Deletes all of a crawl, and looks for files once more when nobody stores any for it. */
export async function forgetAll(
  ctx: Pick<DurableObjectState, "storage" | "blockConcurrencyWhile">,
  archive: Archive,
): Promise<void> {
  // Whoever asks meanwhile would find it still, and have it in memory from then on.
  await ctx.blockConcurrencyWhile(async () => {
    await ctx.storage.deleteAlarm();
    await ctx.storage.deleteAll();
    await ctx.storage.setAlarm(Date.now() + SWEEP_AFTER_MS);
  });
  await archive.sweep(new Set());
}
