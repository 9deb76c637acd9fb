import { describe, expect, it } from "vitest";
import { crawlIdFor } from "../../src/crawl/crawl-id.ts";

describe("crawlIdFor", () => {
  it("is the same for the same caller and key, and another for any other", async () => {
    const pairs = [
      ["ann", "k"],
      ["ann", "l"],
      ["bob", "k"],
      ['ann","k', ""],
      ["", "ann,k"],
    ] as const;
    const ids = await Promise.all(pairs.map(async ([caller, key]) => await crawlIdFor(caller, key)));
    expect(new Set(ids).size).toBe(pairs.length);
    expect(await crawlIdFor("ann", "k")).toBe(ids[0]);
  });

  it("is written as a ULID is, whatever the key", async () => {
    for (let key = 0; key < 200; key += 1) {
      expect(await crawlIdFor("ann", String(key))).toMatch(/^crawl_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    }
  });
});
