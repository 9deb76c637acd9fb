/** An answer's time is when it arrived, which may be this much later than the decision. */
const SLACK_MS = 50;

/**
 * How many more were let through over some window than a token bucket allows: its capacity, and its rate for as long as
 * the window is, and for the slack.
 *
 * @param times When each was let through, in milliseconds, in order.
 */
export function overshootOf(times: readonly number[], capacity: number, perSecond: number): number {
  let owed = 0;
  let most = 0;
  for (const [index, atMs] of times.entries()) {
    const passedMs = atMs - (times[index - 1] ?? atMs);
    owed = Math.max(0, owed - (passedMs * perSecond) / 1_000) + 1;
    most = Math.max(most, owed);
  }
  return Math.max(0, most - capacity - (SLACK_MS * perSecond) / 1_000);
}
