import { Hono } from "hono";
import type * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { hostItem, pageItem } from "./answers.ts";
import { streamCrawl } from "./events.ts";
import { crawlExpecter, expectStill, OF_A_CRAWL } from "./expect-crawl.ts";
import type { CrawlOptions } from "./options.ts";
import { CSV, NDJSON, streamPages } from "./page-forms.ts";
import { CrawlPath, HostsAnswer, HostsQuery, PagesAnswer, PagesQuery } from "./requests.ts";
import { streamRows } from "./stream-rows.ts";
import type { LinkedPage } from "./stub.ts";

/** Parts of the list of links that are fetched at once, at most: an invocation has so many calls, and links are many. */
const LINKED_PAGES = 500;

const listing = guarded({
  scope: "crawl",
  summary: "Lists the pages of a crawl",
  description: "As JSON a part at a time; as NDJSON or CSV all that there are, a page a line.",
  takes: { param: CrawlPath, query: PagesQuery },
  answers: { 200: { description: "Pages", schema: PagesAnswer, alsoAs: [NDJSON, CSV] } },
  problems: OF_A_CRAWL,
});

const listingHosts = guarded({
  scope: "crawl",
  summary: "Counts what a crawl knows of each host",
  description:
    "Those of which most URLs are known first, a part at a time. While the crawl runs, a host may move up, and be missed.",
  takes: { param: CrawlPath, query: HostsQuery },
  answers: { 200: { description: "Hosts", schema: HostsAnswer } },
  problems: OF_A_CRAWL,
});

const linking = guarded({
  scope: "crawl",
  summary: "Lists what links to what in a crawl",
  description:
    "As NDJSON, a link a line, `from` and `to`: those that the crawl followed, or would have, had it room.",
  takes: { param: CrawlPath },
  answers: { 200: { description: "Links", alsoAs: [NDJSON] } },
  problems: OF_A_CRAWL,
});

const watching = guarded({
  scope: "crawl",
  summary: "Tells how a crawl goes, as Server-Sent Events",
  description:
    "Named after its state, with how it stands; four a second at most, until it ends. After `Last-Event-ID`, what is newer; 204 where there will be nothing.",
  takes: { param: CrawlPath },
  fields: ["Last-Event-ID"],
  answers: {
    200: { description: "Events", alsoAs: ["text/event-stream"] },
    204: { description: "It has ended" },
  },
  problems: OF_A_CRAWL,
});

/** Offers what a crawl has found. */
export function recordRoutes(options: CrawlOptions) {
  const { crawlFor, world } = options;
  const expectCrawl = crawlExpecter(options);
  return new Hono<CallerVariables>()
    .get("/v1/crawls/:id/pages", listing, async (c) => {
      const { id } = c.req.valid("param");
      const { cursor, limit } = c.req.valid("query");
      const rows = expectCrawl(id, await crawlFor(id).pages(cursor, limit));
      const stream = streamPages(c.req.header("Accept") ?? "", rows, async ({ seq }) =>
        expectStill(id, await crawlFor(id).pages(seq, limit)),
      );
      if (stream !== undefined) return stream;
      const last = rows.at(-1);
      const body: z.infer<typeof PagesAnswer> = {
        items: rows.map(pageItem),
        ...(rows.length === limit && last !== undefined && { cursor: String(last.seq) }),
      };
      return c.json(body, 200);
    })
    .get("/v1/crawls/:id/hosts", listingHosts, async (c) => {
      const { id } = c.req.valid("param");
      const { cursor, limit } = c.req.valid("query");
      const rows = expectCrawl(id, await crawlFor(id).hosts(cursor, limit));
      const last = rows.at(-1);
      const body: z.infer<typeof HostsAnswer> = {
        items: rows.map(hostItem),
        ...(rows.length === limit && last !== undefined && { cursor: `${last.known}~${last.host}` }),
      };
      return c.json(body, 200);
    })
    .get("/v1/crawls/:id/links", linking, async (c) => {
      const { id } = c.req.valid("param");
      const next = async ({ seq }: Pick<LinkedPage, "seq">) => await crawlFor(id).links(seq, LINKED_PAGES);
      const first = expectCrawl(id, await next({ seq: 0 }));
      const stream = streamRows({
        first,
        next: async (last) => expectStill(id, await next(last)),
        write: edges,
      });
      return new Response(stream, { headers: { "Content-Type": NDJSON } });
    })
    .get("/v1/crawls/:id/events", watching, async (c) => {
      const { id } = c.req.valid("param");
      const crawl = crawlFor(id);
      return streamCrawl(c, id, crawl, expectCrawl(id, await crawl.look()), world.clock);
    });
}

function edges({ url, targets }: LinkedPage): string {
  return targets.map((to) => `${JSON.stringify({ from: url, to })}\n`).join("");
}
