import type { Log } from "./log.ts";
import { MOST_HISTORY } from "./parse-frame.ts";
import { utf8Bytes } from "./text.ts";
import type { Message } from "./wire.ts";

/** A page has no more bytes than this, however many messages that is; but always one message. */
export const PAGE_BYTES = 128 * 1024;

const DEFAULT_LIMIT = 50;

/** Which page of a log: the messages next before a number, or next after one; without either, the last ones. */
export interface HistoryQuery {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** Messages from old to new, and whether there are more in the direction asked for. */
export interface HistoryPage {
  readonly items: readonly Message[];
  readonly more: boolean;
}

/** Reads a page of a log. */
export function readHistory(log: Log, { before, after, limit = DEFAULT_LIMIT }: HistoryQuery): HistoryPage {
  const count = Math.min(limit, MOST_HISTORY);
  const oldest = log.oldest()?.seq ?? log.last() + 1;
  if (after !== undefined) {
    const from = Math.max(after + 1, oldest);
    const items = fitting(log.range(from, Math.min(log.last(), from + count - 1)));
    return { items, more: (items.at(-1)?.seq ?? log.last()) < log.last() };
  }
  const to = Math.min((before ?? Infinity) - 1, log.last());
  const found = log.range(Math.max(oldest, to - count + 1), to);
  const items = fitting(found.toReversed()).toReversed();
  return { items, more: (items[0]?.seq ?? oldest) > oldest };
}

function fitting(messages: readonly Message[]): readonly Message[] {
  let bytes = 0;
  const end = messages.findIndex((message, index) => {
    bytes += utf8Bytes(JSON.stringify(message));
    return index > 0 && bytes > PAGE_BYTES;
  });
  return end < 0 ? messages : messages.slice(0, end);
}
