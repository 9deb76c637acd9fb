import { describe, expect, it } from "vitest";
import { openArchive } from "../../src/crawl/archive.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";
import type { PageRecord, Report } from "../../src/crawl/wire.ts";

const page: PageRecord = { status: 200, type: "text/html", bytes: 2, ms: 1, links: 0 };
const capture = {
  id: 1,
  url: "https://a.example.com/",
  atMs: 0,
  status: 200,
  statusText: "OK",
  headers: new Headers(),
  type: "text/html",
  bytes: new Uint8Array(2),
  isCut: false,
  isDecoded: true,
  sha256: "00",
};
const report: Report = {
  lease: 1,
  robots: 1,
  results: [
    { id: 1, kind: "page", page, found: [] },
    { id: 2, kind: "kept-out", reason: "robots" },
    { id: 3, kind: "retry", reason: "status-503", afterMs: 5, page: { ...page, status: 503 } },
  ],
};

/** Keeps the batch of this report in a bucket that stores what it gets, or fails. */
async function keep(put: () => Promise<unknown>) {
  const keys: string[] = [];
  const failures: string[] = [];
  const bucket = {
    put: async (key: string) => {
      keys.push(key);
      return await put();
    },
    delete: async () => await Promise.resolve(),
    list: async () => await Promise.resolve({ objects: [], truncated: false } as const),
  };
  const kept = await openArchive(bucket, "abc").keep(
    { settings: DEFAULT_SETTINGS },
    async (writer) => {
      await writer.add(capture);
      return report;
    },
    (event) => failures.push(event),
  );
  return { kept, keys, failures };
}

describe("openArchive", () => {
  it("stores what a batch brought under the crawl's own prefix, and says so in its report", async () => {
    const { kept, keys, failures } = await keep(async () => await Promise.resolve());
    expect(keys).toEqual([expect.stringMatching(/^crawls\/abc\/[0-9a-f-]{36}\.warc\.gz$/)]);
    expect(kept).toMatchObject({ ...report, segment: { key: keys[0], records: [{ id: 1 }] } });
    expect(failures).toEqual([]);
  });

  it("has pages tried again that it could not store, and takes the rest as it is", async () => {
    const { kept, failures } = await keep(async () => await Promise.reject(new Error("down")));
    expect(kept).toEqual({
      ...report,
      results: [
        { id: 1, kind: "retry", reason: "archive-unreachable" },
        report.results[1],
        { id: 3, kind: "retry", reason: "status-503", afterMs: 5, page: undefined },
      ],
    });
    expect(failures).toEqual(["crawl-archive-failed"]);
  });
});
