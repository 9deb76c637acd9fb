import { describe, expect, it } from "vitest";
import { tagForbidsFollowing } from "../../src/crawl/robots-tag.ts";

describe("tagForbidsFollowing", () => {
  it.each<[field: string | null, forbids: boolean]>([
    [null, false],
    ["", false],
    ["nofollow", true],
    ["NoFollow", true],
    ["none", true],
    ["noindex", false],
    ["noindex, nofollow", true],
    ["noindex,nofollow", true],
    ["all", false],
    ["nofollowing", false],
    ["manifoldbot: nofollow", true],
    ["ManifoldBot: nofollow", true],
    ["manifoldbot : nofollow", true],
    ["manifoldbot: noindex, nofollow", true],
    ["otherbot: nofollow", false],
    ["otherbot: noindex, nofollow", false],
    ["otherbot: nofollow, manifoldbot: noindex", false],
    ["otherbot: noindex, manifoldbot: nofollow", true],
    ["otherbot: noindex, manifoldbot: noindex, nofollow", true],
    ["noindex, otherbot: nofollow", false],
    ["nofollow, otherbot: noindex", true],
    ["nofollow, noindex", true],
    ["googlebot: nofollow, otherbot: noindex", false],
    ["max-snippet: 10, nofollow", true],
    ["unavailable_after: 25 Jun 2027 15:00:00 PST, nofollow", true],
    ["max-image-preview: large", false],
    ["manifoldbot", false],
    ["manifoldbot:", false],
  ])("says of %j: %s", (field, forbids) => {
    expect(tagForbidsFollowing(field, "manifoldbot")).toBe(forbids);
  });
});
