import type { PaceSettings } from "./plan.ts";

/** What a pause is made of. */
export interface Asked {
  /** How long the last answer took. */
  readonly latencyMs: number;
  /** How often in a row the host failed. */
  readonly failures: number;
  /** What its robots.txt asks for. */
  readonly crawlDelayMs?: number | undefined;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * How long a host is left alone after an answer: the slower it is, the longer, and twice as long with each failure, but
 * never less than it asks for.
 */
export function pauseAfter(
  { latencyMs, failures, crawlDelayMs = 0, retryAfterMs = 0 }: Asked,
  { latencyFactor, floorMs, ceilingMs }: PaceSettings,
): number {
  const usual = Math.max(floorMs, latencyMs * latencyFactor) * 2 ** Math.min(failures, 20);
  return Math.max(Math.min(ceilingMs, usual), crawlDelayMs, retryAfterMs);
}
