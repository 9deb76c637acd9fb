import type { Log } from "./log.ts";
import type { RoomSettings } from "./settings.ts";

/** The log is trimmed when so many messages have come in since, or a quarter of what is kept. */
const EVERY = 256;
const SHARE = 4;

/** When to try again what did not work. */
const AGAIN_MS = 60_000;

/** Lets go of what a log need not keep. */
export interface Retention {
  /** Tells of messages that came in. */
  appended(count: number, nowMs: number): void;
  /** Trims if it is time. */
  trim(nowMs: number): void;
  /** Tries again later: it did not work. */
  postpone(nowMs: number): void;
  dueMs(): number;
}

/** Keeps to the settings, within a quarter of the count, and of ids twice their time. */
export function createRetention(
  log: Log,
  { retention, dedupeMs }: Pick<RoomSettings, "retention" | "dedupeMs">,
): Retention {
  const slack = Math.max(1, Math.min(EVERY, retention.messages / SHARE));
  let since = 0;
  // A millisecond later, so that what is that old is old enough.
  const idsDueMs = () => (log.oldestIdMs() ?? Infinity) + 2 * dedupeMs + 1;
  const nextMs = () => Math.min(idsDueMs(), (log.oldest()?.ts ?? Infinity) + retention.ageMs + 1);
  // While it slept, the settings may have become others.
  const kept = log.last() + 1 - (log.oldest()?.seq ?? Infinity);
  let dueMs = kept > retention.messages + slack ? -Infinity : nextMs();
  return {
    appended(count, nowMs) {
      since += count;
      if (dueMs === Infinity) dueMs = nowMs + Math.min(2 * dedupeMs, retention.ageMs) + 1;
      if (since >= slack) dueMs = nowMs;
    },
    trim(nowMs) {
      if (nowMs < dueMs) return;
      log.trim({
        seq: log.last() - retention.messages + 1,
        ms: nowMs - retention.ageMs,
        // Seldom, for all of them are looked at: half of those that are there go then.
        idsMs: nowMs >= idsDueMs() ? nowMs - dedupeMs : -Infinity,
      });
      since = 0;
      dueMs = nextMs();
    },
    postpone(nowMs) {
      since = 0;
      dueMs = nowMs + AGAIN_MS;
    },
    dueMs: () => dueMs,
  };
}
