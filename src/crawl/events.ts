import type { Context } from "hono";
import type { Clock } from "#kernel";
import { streamEvents } from "../http/event-stream.ts";
import { crawlAnswer } from "./answers.ts";
import type { CrawlStub, CrawlView } from "./stub.ts";

/** Four a second. */
const GAP_MS = 250;

/** Answers with how a crawl stands, again when that has changed, until it ends. */
export function streamCrawl(
  c: Context,
  id: string,
  crawl: Pick<CrawlStub, "watch">,
  first: CrawlView,
  clock: Clock,
): Response {
  return streamEvents(c, {
    first,
    versionOf: ({ version }) => version,
    isEnded: ({ endedMs }) => endedMs !== undefined,
    eventsOf: (view, seen) => {
      const event = { event: view.phase, data: JSON.stringify(crawlAnswer(id, view)) };
      return view.version > seen ? [{ ...event, id: String(view.version) }] : [];
    },
    watch: async (seen, holdMs) => await crawl.watch(seen, holdMs),
    gap: { ms: GAP_MS, clock },
  });
}
