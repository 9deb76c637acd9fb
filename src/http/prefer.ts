/** Longer than this nobody is kept waiting, whatever they prefer. */
const MOST_WAIT_SECONDS = 60;

/** Reads `Prefer: wait=10` (RFC 7240, 4.3): how many seconds somebody would wait for the end of what they ask for. */
export function preferredWaitSeconds(headers: Headers): number | undefined {
  const [, seconds] = /(?:^|,)\s*wait\s*=\s*(\d{1,9})\s*(?=$|[,;])/i.exec(headers.get("Prefer") ?? "") ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds), MOST_WAIT_SECONDS);
}
