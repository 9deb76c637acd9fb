/** How long recent calls took. */
export interface Latencies {
  record(ms: number): void;
  /**
   * The shortest of the recorded durations that at least the share `q` of them does not exceed (nearest rank).
   *
   * @returns Milliseconds; `undefined` while there are fewer than `minSamples`.
   * @throws {RangeError} When `q` is not from 0 to 1.
   */
  quantile(q: number): number | undefined;
  /** How many durations there are. */
  readonly count: number;
}

/** Rounding errors of `q × count` are smaller than this, and a share that matters is larger. */
const ROUNDING = 1e-9;

/**
 * Keeps the last `size` durations. One that is negative, as a clock that was set back measures it, is left out.
 *
 * @throws {RangeError} When `size` is not an integer ≥ 1, or `minSamples` not one up to `size`.
 */
export function createLatencies({ size = 128, minSamples = 20 } = {}): Latencies {
  if (!(Number.isSafeInteger(size) && size >= 1)) {
    throw new RangeError(`Expected \`size\` to be an integer ≥ 1, got ${size}`);
  }
  if (!(Number.isSafeInteger(minSamples) && minSamples >= 1 && minSamples <= size)) {
    throw new RangeError(
      `Expected \`minSamples\` to be an integer from 1 to \`size\`, ${size}, got ${minSamples}`,
    );
  }
  const ring = new Float64Array(size);
  let count = 0;
  let next = 0;
  /** Those of the ring in ascending order, until the next is recorded. */
  let sorted: Float64Array | undefined;

  return {
    get count() {
      return count;
    },
    record(ms) {
      if (!(ms >= 0)) return;
      ring[next] = ms;
      next = (next + 1) % size;
      count = Math.min(size, count + 1);
      sorted = undefined;
    },
    quantile(q) {
      if (!(q >= 0 && q <= 1)) throw new RangeError(`Expected \`q\` to be a number from 0 to 1, got ${q}`);
      if (count < minSamples) return undefined;
      sorted ??= ring.subarray(0, count).toSorted();
      const rank = Math.max(1, Math.ceil(q * count - ROUNDING));
      return sorted[rank - 1];
    },
  };
}
