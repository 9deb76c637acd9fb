import { readExchange, refusal, type Refusal, unreachable, type Unreachable } from "../exchange.ts";
import { isObject } from "../is-object.ts";
import { withToken } from "../token.ts";

/** A link between two pages, by their places in a list. */
export interface Link {
  readonly from: number;
  readonly to: number;
}

/** Links come in the order of fetching, but for those of a batch: after those of so many others, there are no more. */
const MOST_OTHERS = 50;
/** So many lines are read at most. */
const MOST_LINES = 200_000;

/**
 * Reads which of these pages link to which others of them, and no more of the list of links than that takes. Rejects only
 * when the signal aborts.
 *
 * @param urls Of the first pages of a crawl, in the order of fetching.
 */
export async function readLinks(
  id: string,
  urls: readonly string[],
  signal: AbortSignal,
): Promise<readonly Link[] | Refusal | Unreachable> {
  const target = `/v1/crawls/${id}/links`;
  try {
    const response = await fetch(target, { signal, headers: withToken({ Accept: "application/x-ndjson" }) });
    if (!response.ok || response.body === null) return refusal(await readExchange(target, response));
    return await pickLinks(response.body.pipeThrough(new TextDecoderStream()), urls);
  } catch (error) {
    signal.throwIfAborted();
    return unreachable(target, error);
  }
}

/** Picks the links between these pages from a list of links, a line each. Cancels the list when it has them. */
export async function pickLinks(
  text: ReadableStream<string>,
  urls: readonly string[],
): Promise<readonly Link[]> {
  const places = new Map(urls.map((url, place) => [url, place]));
  const others = new Set<string>();
  const links: Link[] = [];
  const reader = text.getReader();
  let lines = 0;
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return links;
    const parts = `${rest}${value}`.split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const link: unknown = JSON.parse(part);
      if (!isObject(link)) continue;
      const from = places.get(String(link["from"]));
      const to = places.get(String(link["to"]));
      if (from === undefined) others.add(String(link["from"]));
      else if (to !== undefined && to !== from) links.push({ from, to });
    }
    lines += parts.length;
    if (others.size < MOST_OTHERS && lines < MOST_LINES) continue;
    await reader.cancel();
    return links;
  }
}
