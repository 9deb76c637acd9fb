/** How long a refusal holds that names no time. */
const HOLD_MS = 1_000;

/** For how long a flood is remembered. A room that closes for floods counts them by the minute. */
const REMEMBER_MS = 60_000;
const LONGEST_PACE_MS = 10_000;
const GROWTH = 1.5;

/** What the room would not have, and what it said. */
interface Refusal {
  readonly isFlood: boolean;
  readonly afterMs: number | undefined;
  /** When it was sent. */
  readonly sentMs: number;
}

/** When a client may send, as far as the room's refusals tell. */
export interface Pace {
  /** From when on something may be sent. */
  readonly openMs: number;
  isOpen(now: number): boolean;
  /** Whether to send one after the other, each with its answer. */
  isSlow(now: number): boolean;
  sent(now: number): void;
  refused(refusal: Refusal, now: number): void;
}

/**
 * Sends as fast as it likes until the room speaks of a flood, and for a minute from then on no faster than the room
 * said: who goes on trying is closed.
 */
export function createPace(): Pace {
  let openMs = 0;
  let paceMs = 0;
  let slowSinceMs = 0;
  let slowUntilMs = 0;
  const isSlow = (now: number) => now < slowUntilMs;
  return {
    get openMs() {
      return openMs;
    },
    isOpen: (now) => now >= openMs,
    isSlow,
    sent(now) {
      if (isSlow(now)) openMs = now + paceMs;
    },
    refused({ isFlood, afterMs = HOLD_MS, sentMs }, now) {
      openMs = Math.max(openMs, now + afterMs);
      if (!isFlood) return;
      if (!isSlow(now)) [paceMs, slowSinceMs] = [0, now];
      // What was on its way already says nothing about the pace.
      const least = sentMs > slowSinceMs ? paceMs * GROWTH : paceMs;
      paceMs = Math.min(LONGEST_PACE_MS, Math.max(least, afterMs));
      slowUntilMs = now + REMEMBER_MS;
    },
  };
}
