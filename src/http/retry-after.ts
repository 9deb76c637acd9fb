import { parseHttpDate } from "./http-date.ts";

/** When the answer was received, by our clock, and when it was sent, by the sender's. */
interface Received {
  readonly nowEpochMs: number;
  /** The answer's own `Date` field. */
  readonly date?: string | null | undefined;
}

const DAY_MS = 86_400_000;

/**
 * Reads a `Retry-After` field (RFC 9110, 10.2.3): seconds or a date. A date is compared with the answer's own `Date`
 * if that is valid, for then it does not matter how far the two clocks are apart.
 *
 * @returns How many milliseconds to wait, from 0 to a day; `undefined` when the field says nothing that can be read.
 */
export function parseRetryAfter(value: string | null, { nowEpochMs, date }: Received): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  const delayMs = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : parseHttpDate(text, nowEpochMs) - sentEpochMs({ nowEpochMs, date });
  return Number.isNaN(delayMs) ? undefined : Math.min(DAY_MS, Math.max(0, delayMs));
}

function sentEpochMs({ nowEpochMs, date }: Received): number {
  const sentMs = parseHttpDate(date?.trim() ?? "", nowEpochMs);
  return Number.isNaN(sentMs) ? nowEpochMs : sentMs;
}
