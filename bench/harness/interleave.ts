/** One turn of one contender. */
export interface Turn {
  /** From 0. */
  readonly round: number;
  /** Its place among the contenders. */
  readonly contender: number;
}

/**
 * The order of a case's rounds: A B C A B C …, so that a machine that slows down or speeds up does it to all.
 *
 * @param rounds How many each contender has; one that has fewer drops out.
 */
export function interleave(rounds: readonly number[]): readonly Turn[] {
  const most = Math.max(0, ...rounds);
  return Array.from({ length: most }, (_, round) =>
    rounds.flatMap((limit, contender) => (round < limit ? [{ round, contender }] : [])),
  ).flat();
}
