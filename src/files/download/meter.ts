/** Tells how fast bytes come in. */
export interface Meter {
  /** Of this file, so far. */
  readonly bytes: number;
  /** Bytes a second over what was waited for; `undefined` until it can be told. */
  readonly perSecond: number | undefined;
  /** Whether a whole window of waiting brought less than it should have. */
  readonly isTooSlow: boolean;
  add(bytes: number, waitedMs: number): void;
}

/** One slow moment is no slow download. */
const WINDOW_MS = 10_000;

/**
 * Counts bytes, and the time spent waiting for them: time spent on storing them is not the other side's.
 *
 * @param minPerSecond What a window of ten seconds has to bring; 0 for anything.
 */
export function openMeter(minPerSecond: number): Meter {
  let bytes = 0;
  let isTooSlow = false;
  let total = { bytes: 0, ms: 0 };
  let window = { bytes: 0, ms: 0 };
  return {
    get bytes() {
      return bytes;
    },
    get perSecond() {
      return total.ms === 0 ? undefined : (total.bytes / total.ms) * 1_000;
    },
    get isTooSlow() {
      return isTooSlow;
    },
    add(more, waitedMs) {
      bytes += more;
      total = { bytes: total.bytes + more, ms: total.ms + waitedMs };
      window = { bytes: window.bytes + more, ms: window.ms + waitedMs };
      if (window.ms < WINDOW_MS) return;
      if ((window.bytes / window.ms) * 1_000 < minPerSecond) isTooSlow = true;
      window = { bytes: 0, ms: 0 };
    },
  };
}

/** How far a download is, for people: `12.3 of 50.0 MB, 4.1 MB/s, 10 s left`. */
export function describeProgress({ bytes, perSecond }: Meter, length: number | undefined): string {
  const parts = [
    length === undefined ? `${megabytes(bytes)} MB` : `${megabytes(bytes)} of ${megabytes(length)} MB`,
  ];
  if (perSecond !== undefined) parts.push(`${megabytes(perSecond)} MB/s`);
  if (perSecond !== undefined && perSecond > 0 && length !== undefined) {
    parts.push(`${Math.ceil((length - bytes) / perSecond)} s left`);
  }
  return parts.join(", ");
}

const megabytes = (count: number) => (count / 1e6).toFixed(1);
