/**
 * When each of a number of things is due, in milliseconds since the first: at an even pace that waits for nothing, so
 * that a slow server cannot make the load lighter.
 */
export function schedule(count: number, perSecond: number): readonly number[] {
  return Array.from({ length: count }, (_, turn) => (turn * 1_000) / perSecond);
}
