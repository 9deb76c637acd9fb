import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesEtag, weakEtag } from "../../src/http/etag.ts";

describe("weakEtag", () => {
  it.each([
    ["", 'W/"47DEQpj8HBSa-_TImW-5JCeu"'],
    ["abc", 'W/"ungWv48Bz-pBQUDeXa4iI7AD"'],
    ["é", 'W/"SplVfkAzw1Od4utlRyAXytX5"'],
  ])("is the beginning of the digest of %j", async (body, etag) => {
    expect(await weakEtag(body)).toBe(etag);
  });

  it("tells bodies apart, and is a tag that matches itself", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 }),
        async ([one = "", other = ""]) => {
          const etag = await weakEtag(one);
          expect(etag).toMatch(/^W\/"[\w-]{24}"$/);
          expect(matchesEtag(`"x", ${etag}`, etag)).toBe(true);
          expect(matchesEtag(etag, await weakEtag(other))).toBe(false);
        },
      ),
    );
  });
});

describe("matchesEtag", () => {
  it.each([
    'W/"abc"',
    '"abc"',
    "*",
    " * ",
    '"x", "abc"',
    '"x","abc","y"',
    'W/"x" , W/"abc"',
    ', ,"abc",',
    'garbage, "abc"',
    '"garbage, "abc"',
    '"a,b", "abc"',
  ])("finds it in %s", (ifNoneMatch) => {
    expect(matchesEtag(ifNoneMatch, 'W/"abc"')).toBe(true);
    expect(matchesEtag(ifNoneMatch, '"abc"')).toBe(true);
  });

  it.each([
    null,
    "",
    '"x"',
    "abc",
    '"ABC"',
    'w/"abc"',
    '"abc',
    'x"abc"',
    '"abc"x',
    '"abc" "x"',
    '"x", *',
    '"ab c"',
  ])("does not find it in %s", (ifNoneMatch) => {
    expect(matchesEtag(ifNoneMatch, 'W/"abc"')).toBe(false);
  });

  it("takes a comma in a tag for a part of it", () => {
    expect(matchesEtag('"x", "a,b"', '"a,b"')).toBe(true);
    expect(matchesEtag('"a,b"', '"a"')).toBe(false);
  });
});
