import type { Pulse } from "./heartbeat.ts";

/** What a look at an event loop shows; times in milliseconds. */
type Sight =
  | { readonly t: "turns" }
  /** It has stood still for the limit: told once for each stall. */
  | { readonly t: "stalled"; readonly forMs: number }
  | { readonly t: "still-stalled"; readonly forMs: number }
  | { readonly t: "turns-again"; readonly afterMs: number };

/** Judges what is seen of an event loop. */
export interface Watch {
  look(pulse: Pulse, nowMs: number): Sight;
  /** When to look again. */
  readonly dueMs: number;
}

/** How often to look while it stands still. */
const LOOK_MS = 10;

/**
 * Says that an event loop stands still when it has not turned for `limitMs`.
 *
 * Whoever looks may have stood still as well, when the machine slept or had no time for either: what went by meanwhile is
 * not held against the event loop.
 */
export function createWatch(limitMs: number, nowMs: number): Watch {
  let dueMs = nowMs;
  let excusedMs = -Infinity;
  let stalledAt: number | undefined;

  const judge = ({ beatMs, isDebugged }: Pulse, now: number): Sight => {
    if (stalledAt !== undefined) {
      if (beatMs === stalledAt) return { t: "still-stalled", forMs: now - beatMs };
      const afterMs = beatMs - stalledAt;
      stalledAt = undefined;
      return { t: "turns-again", afterMs };
    }
    if (now - dueMs > limitMs / 2 || isDebugged) excusedMs = now;
    if (now - Math.max(beatMs, excusedMs) < limitMs) return { t: "turns" };
    stalledAt = beatMs;
    return { t: "stalled", forMs: now - beatMs };
  };

  return {
    look(pulse, now) {
      const sight = judge(pulse, now);
      dueMs =
        stalledAt === undefined ? Math.max(now, Math.max(pulse.beatMs, excusedMs) + limitMs) : now + LOOK_MS;
      return sight;
    },
    get dueMs() {
      return dueMs;
    },
  };
}
