import { Hono } from "hono";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { ProblemError } from "../http/problem.ts";
import { answerOf } from "../http/unavailable.ts";
import { cdxjLine } from "./cdxj.ts";
import { crawlExpecter, expectStill, OF_A_CRAWL } from "./expect-crawl.ts";
import type { ArchiveBucket, CrawlOptions } from "./options.ts";
import { readResponseRecord, replayResponse } from "./replay.ts";
import { CrawlPath, WhyQuery } from "./requests.ts";
import type { ArchivePart } from "./stub.ts";
import { streamRows } from "./stream-rows.ts";

const WARC = "application/warc";
const CDXJ = "text/x-cdxj";
/** Lines of the index that are fetched at once. */
const LINES = 200;
/** Files that are sent in one answer, at most: an invocation has 10,000 calls, and a slow crawl stores more files. */
const MOST_FILES = 5_000;

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
  description: `As far as it is there; a gzip member a record. With \`Range: bytes=n-\`, from a byte on. Breaks off after ${MOST_FILES} files: go on from there, as \`curl -C -\` does.`,
  takes: { param: CrawlPath },
  answers: {
    200: { description: "The archive", alsoAs: [WARC] },
    206: { description: "The rest of it", alsoAs: [WARC] },
  },
  problems: [...OF_A_CRAWL, "range-not-satisfiable"],
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
      // What is asked for in any other way is sent from the beginning (RFC 9110, 14.2).
      const range = /^bytes=(\d{1,15})-$/.exec(c.req.header("Range") ?? "");
      const from = Number(range?.[1] ?? 0);
      const part = expectCrawl(id, await crawlFor(id).segments(from, MOST_FILES));
      const { size } = part;
      if (range !== null && from >= size)
        throw new ProblemError("range-not-satisfiable", { headers: { "Content-Range": `bytes */${size}` } });
      return new Response(joined(part, from, archives), {
        status: range === null ? 200 : 206,
        headers: {
          "Content-Type": WARC,
          "Accept-Ranges": "bytes",
          ...(range !== null && { "Content-Range": `bytes ${from}-${size - 1}/${size}` }),
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

/**
 * Files behind one another, each opened when the one before has been read. Breaks after the last one where there are more:
 * what ends before all was sent must not look whole.
 */
function joined(
  { size, files }: ArchivePart,
  from: number,
  archives: ArchiveBucket,
): ReadableStream<Uint8Array> {
  const left = [...files];
  let sent = from;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const next = reader === undefined ? left.shift() : undefined;
          if (reader === undefined && next === undefined && sent < size)
            throw new Error(
              `Sent the archive up to byte ${sent}; the rest is had with \`Range: bytes=${sent}-\``,
            );
          if (reader === undefined && next === undefined) return controller.close();
          if (next !== undefined) {
            const { key, start, bytes } = next;
            const range = { offset: sent - start, length: start + bytes - sent };
            const file = await archives.get(key, { range });
            if (file === null) throw new Error(`Expected the segment \`${key}\` to be there, got nothing`);
            reader = (file.body as ReadableStream<Uint8Array>).getReader(); // R2 sends bytes
          }
          const chunk = await reader?.read();
          if (chunk?.value !== undefined) {
            sent += chunk.value.byteLength;
            return controller.enqueue(chunk.value);
          }
          reader = undefined;
        }
      },
      cancel: async (reason) => await reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
