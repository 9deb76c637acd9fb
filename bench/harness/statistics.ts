/** The middle of some numbers and how far they lie apart. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws {RangeError} When there are no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), least: quantile(sorted, 0), most: quantile(sorted, 1) };
}

/**
 * The value below which a share of the values lies, between two of them by linear interpolation (Hyndman and Fan,
 * "Sample Quantiles in Statistical Packages", 1996, type 7).
 *
 * @param sorted Ascending.
 * @param share From 0 to 1.
 * @throws {RangeError} When there are no values.
 */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined)
    throw new RangeError("Expected at least one value, got none");
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * Divides round by round: noise that lasts longer than a round strikes both and cancels out. Rounds that only one of
 * them has are left out.
 *
 * @param values One a round; `undefined` for a round that has none.
 */
export function ratios(
  values: readonly (number | undefined)[],
  base: readonly (number | undefined)[],
): readonly number[] {
  return values.flatMap((value, round) => {
    const divisor = base[round];
    return value === undefined || divisor === undefined || divisor === 0 ? [] : [value / divisor];
  });
}
