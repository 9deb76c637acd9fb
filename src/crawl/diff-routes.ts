import { Hono } from "hono";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { ProblemError } from "../http/problem.ts";
import { compareCrawls } from "./diff.ts";
import { crawlExpecter, expectStill, OF_A_CRAWL } from "./expect-crawl.ts";
import type { CrawlOptions } from "./options.ts";
import { NDJSON } from "./page-forms.ts";
import { CrawlPath, DiffQuery } from "./requests.ts";
import { streamRows } from "./stream-rows.ts";

/** Rows of each crawl that are fetched at once. */
const ROWS = 500;

const comparing = guarded({
  scope: "crawl",
  summary: "Lists what has changed since the crawl that a crawl repeats",
  description:
    "As NDJSON, a page a line: `added`, `changed` (or it leads elsewhere now), `unchanged`, `broken` (led to, and not there), or `removed` (led to no more; told when all has been fetched).",
  takes: { param: CrawlPath, query: DiffQuery },
  answers: { 200: { description: "Pages", alsoAs: [NDJSON] } },
  problems: OF_A_CRAWL,
});

/** Offers comparisons of crawls. */
export function diffRoutes(options: CrawlOptions) {
  const { crawlFor } = options;
  const expectCrawl = crawlExpecter(options);
  return new Hono<CallerVariables>().get("/v1/crawls/:id/diff", comparing, async (c) => {
    const { id } = c.req.valid("param");
    const { change } = c.req.valid("query");
    const { plan, phase } = expectCrawl(id, await crawlFor(id).look());
    const earlier = plan.recrawlOf;
    if (earlier === undefined) throw new ProblemError("not-found", { detail: `\`${id}\` repeats no crawl` });
    expectCrawl(earlier, await crawlFor(earlier).look());
    const outcomesOf = (which: string) => async (after: string) =>
      expectStill(which, await crawlFor(which).outcomes(after, ROWS));
    const differences = compareCrawls(outcomesOf(earlier), outcomesOf(id), {
      isComplete: phase === "all-done",
    });
    const part = async () => {
      const rows = [];
      for (let next = await differences.next(); next.done !== true; next = await differences.next()) {
        if (change === undefined || next.value.change === change) rows.push(next.value);
        if (rows.length >= ROWS) break;
      }
      return rows;
    };
    const stream = streamRows({
      first: await part(),
      next: part,
      write: (row) => `${JSON.stringify(row)}\n`,
    });
    return new Response(stream, { headers: { "Content-Type": NDJSON } });
  });
}
