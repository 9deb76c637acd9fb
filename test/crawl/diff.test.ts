import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCrawls, type Difference, type Outcome } from "../../src/crawl/diff.ts";
import type { PageRecord } from "../../src/crawl/wire.ts";

const page = (more: Partial<PageRecord> = {}): PageRecord => ({
  status: 200,
  type: "text/html",
  bytes: 1,
  ms: 1,
  links: 0,
  ...more,
});
const outcome = (key: string, record: PageRecord | Outcome["end"] = "failed"): Outcome =>
  typeof record === "string"
    ? { key, url: key, end: record, page: undefined }
    : { key, url: key, end: "page", page: record };

/** Two at a time. */
const listing = (outcomes: readonly Outcome[]) => async (after: string) =>
  await Promise.resolve(outcomes.filter(({ key }) => key > after).slice(0, 2));

async function compare(old: readonly Outcome[], now: readonly Outcome[], isComplete = true) {
  const all: Difference[] = [];
  for await (const one of compareCrawls(listing(old), listing(now), { isComplete })) all.push(one);
  return all;
}

describe("compareCrawls", () => {
  const NONE = "nothing";
  const FAILED = "failed";
  it.each<
    [
      name: string,
      old: PageRecord | Outcome["end"] | typeof NONE,
      now: PageRecord | Outcome["end"] | typeof NONE,
      change: string,
    ]
  >([
    ["a new page", NONE, page(), "added"],
    ["a page that was broken", page({ status: 404 }), page(), "added"],
    ["a page that had failed", FAILED, page(), "added"],
    ["the same content", page({ hash: "a", etag: "1" }), page({ hash: "a", etag: "2" }), "unchanged"],
    ["other content", page({ hash: "a", etag: "1" }), page({ hash: "b", etag: "1" }), "changed"],
    [
      "what its server says is the same",
      page({ hash: "a" }),
      page({ status: 304, note: "not-modified" }),
      "unchanged",
    ],
    ["a file with the same tag", page({ etag: "1" }), page({ etag: "1" }), "unchanged"],
    ["a file with another tag", page({ etag: "1" }), page({ etag: "2" }), "changed"],
    ["a file with another date", page({ modified: "1" }), page({ modified: "2" }), "changed"],
    ["a page that is no file any more", page({ hash: "a" }), page({ type: "image/png" }), "changed"],
    ["what is led to no more", page(), NONE, "removed"],
    ["what was broken and is led to no more", page({ status: 404 }), NONE, NONE],
    ["what is not there any more", page(), page({ status: 404 }), "broken"],
    ["what is still not there", page({ status: 404 }), page({ status: 404 }), "broken"],
    ["what cannot be had any more", page(), FAILED, "broken"],
    ["a page that leads elsewhere now", page(), "redirect", "changed"],
    ["what led elsewhere before", "redirect", page(), "added"],
    ["what leads elsewhere still", "redirect", "redirect", NONE],
    ["what was broken and leads elsewhere now", page({ status: 404 }), "redirect", NONE],
    ["a page that its host has closed to us", page(), "kept-out", NONE],
    ["a page that is a sitemap now", page(), "sitemap", NONE],
    ["a new link to nothing", NONE, page({ status: 410 }), "broken"],
  ])("calls %s what it is", async (_, old, now, change) => {
    const list = (record: PageRecord | Outcome["end"] | typeof NONE) =>
      record === NONE ? [] : [outcome("k", record)];
    expect((await compare(list(old), list(now)))[0]?.change ?? NONE).toBe(change);
  });

  it("says what a broken page is answered with", async () => {
    expect(await compare([], [outcome("k", page({ status: 410 }))])).toEqual([
      { url: "k", change: "broken", status: 410 },
    ]);
  });

  it("calls nothing removed that may still come", async () => {
    expect(await compare([outcome("k", page())], [], false)).toEqual([]);
  });

  it("compares as sets do, in the order of keys", async () => {
    const keys = fc.uniqueArray(fc.stringMatching(/^[a-d]{1,3}$/), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(keys, keys, async (old, now) => {
        const outcomes = (all: readonly string[]) =>
          all.toSorted().map((key) => outcome(key, page({ hash: "h" })));
        const differences = await compare(outcomes(old), outcomes(now));
        const expected = [...new Set([...old, ...now])].toSorted().map((url) => ({
          url,
          change: !old.includes(url) ? "added" : now.includes(url) ? "unchanged" : "removed",
        }));
        expect(differences).toEqual(expected);
      }),
    );
  });
});
