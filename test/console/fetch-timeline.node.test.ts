import { describe, expect, it } from "vitest";
import type { CrawlPage } from "../../console/crawls/answers.ts";
import { fetchTimeline } from "../../console/crawls/fetch-timeline.ts";

const NOON = Date.parse("2026-01-01T12:00:00.000Z");

/** A page that was asked for so long after noon. */
const page = (url: string, atMs: number | undefined, ms: number, status = 200): CrawlPage => ({
  seq: 1,
  url,
  status,
  depth: 0,
  type: "text/html",
  bytes: 1,
  ms,
  links: 0,
  at: "2026-01-01T12:00:00.000Z",
  ...(atMs !== undefined && { startedAt: new Date(NOON + atMs).toISOString() }),
});

describe("fetchTimeline", () => {
  it("draws a host as a branch, and each fetch as a call of it", () => {
    const pages = [
      page("https://b.example/2", 150, 100, 404),
      page("https://a.example/1", 100, 40),
      page("https://b.example/1", 120, 50),
    ];
    const { timeline, ...rest } = fetchTimeline(pages) ?? expect.fail("nothing is drawn");
    expect(rest).toEqual({ startMs: NOON + 100, fetches: 3, otherHosts: 0 });
    expect(timeline.durationMs).toBe(150);
    expect(timeline.spans).toMatchObject([
      { name: "a.example", startMs: 0, endMs: 40, outcome: "ok" },
      { name: "b.example", startMs: 20, endMs: 150, outcome: "ok" },
    ]);
    expect(timeline.spans[1]?.attempts).toEqual([
      { upstream: "https://b.example/2", kind: "first", outcome: "status=404", startMs: 50, endMs: 150 },
      { upstream: "https://b.example/1", kind: "first", outcome: "ok", startMs: 20, endMs: 70 },
    ]);
  });

  it("says of a host what went wrong where nothing went well", () => {
    const drawn = fetchTimeline([page("https://a.example/", 0, 10, 503)]);
    expect(drawn?.timeline.spans).toMatchObject([{ outcome: "status=503" }]);
  });

  it("leaves out what began long before the last one", () => {
    const pages = [page("https://a.example/2", 60_000, 10), page("https://a.example/1", 0, 10)];
    expect(fetchTimeline(pages)).toMatchObject({ startMs: NOON + 60_000, fetches: 1 });
  });

  it("draws the hosts that were asked most, and counts the others", () => {
    const many = Array.from({ length: 14 }, (_, index) => page(`https://h${index}.example/`, index, 10));
    const drawn = fetchTimeline([...many, page("https://h13.example/2", 20, 10)]);
    const names = drawn?.timeline.spans.map(({ name }) => name) ?? [];
    expect([names.length, names.includes("h13.example"), drawn?.otherHosts]).toEqual([12, true, 2]);
  });

  it("draws nothing where no page says when it began, as of a version before", () => {
    expect(fetchTimeline([page("https://a.example/", undefined, 10)])).toBeUndefined();
    expect(fetchTimeline([])).toBeUndefined();
  });
});
