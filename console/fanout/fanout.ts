/** So many requests are drawn; the API makes ten times as many. */
const MOST_REQUESTS = 100;
/** The longest id. */
const MOST_CHARACTERS = 128;

/** How a fan-out ends: with every outcome, with the first failure, or with the first success. */
export type Mode = "settled" | "all" | "first";

/** A fan-out as this page makes one. */
export interface Fanout {
  readonly requests: readonly { readonly id: string; readonly url: string }[];
  readonly mode: Mode;
}

/** Makes one of a text with a URL a line. */
export function fanoutOf(text: string, mode: Mode): Fanout {
  const urls = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  // Each has a name of its own, though the same is asked twice.
  const requests = urls.map((url, index) => ({ id: `${index + 1} ${url}`.slice(0, MOST_CHARACTERS), url }));
  return { requests, mode };
}

/** Why a fan-out is not sent; empty when it is. */
export function mistakeIn({ requests }: Fanout): string {
  if (requests.length === 0) return "Expected a URL at least.";
  if (requests.length <= MOST_REQUESTS) return "";
  return `Expected ${MOST_REQUESTS} URLs at most, got ${requests.length}; the API itself takes a thousand.`;
}

/** The body of the request. */
export function writeFanout(fanout: Fanout): string {
  return JSON.stringify(fanout);
}

/** Reads what `writeFanout` has written. */
export function readFanout(body: string): Fanout {
  return JSON.parse(body) as Fanout;
}
