/** Values from 0 to this many are counted exactly; above, to one part in it. */
const EXACT = 64;
const HALF = EXACT / 2;
/** Of the highest power of two below which values are counted exactly. */
const EXACT_BITS = 5;
const MOST = 2 ** 31 - 1;

/** Counts values, which costs the same for the millionth as for the first. */
export interface Histogram {
  /** How many values there are. */
  readonly count: number;
  /** Takes a value in, some times over: an integer ≥ 0; what is higher than 2³¹ − 1 counts as that. */
  record(value: number, times?: number): void;
  /**
   * The value below which a share of all lies, at most 2 % off.
   *
   * @param share From 0 to 1.
   * @returns 0 when there are no values.
   */
  quantile(share: number): number;
}

/** Makes a histogram whose buckets grow with what is in them (Gil Tene's HdrHistogram). */
export function createHistogram(): Histogram {
  const counts = new Float64Array(bucketOf(MOST) + 1);
  let count = 0;
  return {
    get count() {
      return count;
    },
    record(value, times = 1) {
      const bucket = bucketOf(Math.min(value, MOST));
      counts[bucket] = (counts[bucket] ?? 0) + times;
      count += times;
    },
    quantile(share) {
      if (count === 0) return 0;
      const place = Math.max(1, Math.ceil(share * count));
      let passed = 0;
      const bucket = counts.findIndex((inBucket) => (passed += inBucket) >= place);
      return middleOf(bucket);
    },
  };
}

function bucketOf(value: number): number {
  if (value < EXACT) return value;
  const shift = 31 - EXACT_BITS - Math.clz32(value);
  return shift * HALF + (value >> shift);
}

function middleOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  const least = (bucket - shift * HALF) * 2 ** shift;
  return least + (2 ** shift - 1) / 2;
}
