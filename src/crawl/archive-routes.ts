import { Hono } from "hono";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { ProblemError } from "../http/problem.ts";
import { answerOf } from "../http/unavailable.ts";
import { cdxjLine } from "./cdxj.ts";
import { crawlExpecter, expectStill, OF_A_CRAWL } from "./expect-crawl.ts";
import { readResponseRecord, replayResponse } from "./replay.ts";
import { CrawlPath, WhyQuery } from "./requests.ts";
import type { CrawlOptions } from "./routes.ts";
import { streamRows } from "./stream-rows.ts";

/** Where the files of archives are: as much of a bucket of R2 as is needed. */
export interface ArchiveBucket {
  get(
    key: string,
    options?: { readonly range: { readonly offset: number; readonly length: number } },
  ): Promise<{ readonly body: ReadableStream } | null>;
}

const WARC = "application/warc";
const CDXJ = "text/x-cdxj";
/** Lines of the index that are fetched at once. */
const LINES = 200;

const replaying = guarded({
  scope: "crawl",
  summary: "Serves a page as a crawl found it",
  description:
    "From its archive, if it keeps one (`store`). In a sandbox: nothing runs, and nothing is asked for. `Manifold-Archived-Status` is what the page was answered with.",
  takes: { param: CrawlPath, query: WhyQuery },
  answers: { 200: { description: "The body of the page" } },
  problems: OF_A_CRAWL,
});

const downloading = guarded({
  scope: "crawl",
  summary: "Sends the archive of a crawl, as WARC 1.1",
  description: "As far as it is there; a gzip member a record.",
  takes: { param: CrawlPath },
  answers: { 200: { description: "The archive", alsoAs: [WARC] } },
  problems: OF_A_CRAWL,
});

const indexing = guarded({
  scope: "crawl",
  summary: "Sends the index of the archive of a crawl, as CDXJ",
  takes: { param: CrawlPath },
  answers: { 200: { description: "The index", alsoAs: [CDXJ] } },
  problems: OF_A_CRAWL,
});

/** Offers the archives of crawls. */
export function archiveRoutes(options: CrawlOptions) {
  const { crawlFor, archives } = options;
  const read: ArchiveBucket["get"] = async (...which) =>
    await answerOf(archives.get(...which), "crawls-unavailable");
  const expectCrawl = crawlExpecter(options);
  return new Hono<CallerVariables>()
    .get("/v1/crawls/:id/replay", replaying, async (c) => {
      const { id } = c.req.valid("param");
      const { url } = c.req.valid("query");
      const place = expectCrawl(id, await crawlFor(id).recordOf(url));
      const file = place.found && (await read(place.found.key, { range: place.found }));
      if (!place.found || !file)
        throw new ProblemError("not-found", { detail: `The archive of \`${id}\` does not have this page` });
      const member = new Uint8Array(await new Response(file.body).arrayBuffer());
      return replayResponse(await readResponseRecord(member), place.found.atMs);
    })
    .get("/v1/crawls/:id/archive", downloading, async (c) => {
      const { id } = c.req.valid("param");
      const keys = expectCrawl(id, await crawlFor(id).segments());
      return new Response(joined(keys, archives), {
        headers: {
          "Content-Type": WARC,
          "Content-Disposition": `attachment; filename="${fileNameOf(id)}"`,
        },
      });
    })
    .get("/v1/crawls/:id/cdxj", indexing, async (c) => {
      const { id } = c.req.valid("param");
      const first = expectCrawl(id, await crawlFor(id).index(undefined, LINES));
      const stream = streamRows({
        first,
        next: async (last) => expectStill(id, await crawlFor(id).index(last, LINES)),
        write: (row) => cdxjLine(row, fileNameOf(id)),
      });
      return new Response(stream, { headers: { "Content-Type": CDXJ } });
    });
}

function fileNameOf(id: string): string {
  return `${id}.warc.gz`;
}

/** Files behind one another, each opened when the one before has been read. */
function joined(keys: readonly string[], archives: ArchiveBucket): ReadableStream<Uint8Array> {
  const left = [...keys];
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const key = reader === undefined ? left.shift() : undefined;
          if (reader === undefined && key === undefined) return controller.close();
          if (key !== undefined) {
            const file = await archives.get(key);
            if (file === null) throw new Error(`Expected the segment \`${key}\` to be there, got nothing`);
            reader = (file.body as ReadableStream<Uint8Array>).getReader(); // R2 sends bytes
          }
          const chunk = await reader?.read();
          if (chunk?.value !== undefined) return controller.enqueue(chunk.value);
          reader = undefined;
        }
      },
      cancel: async (reason) => await reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
