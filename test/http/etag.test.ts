import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesEtag, weakEtag } from "../../src/http/etag.ts";

describe("weakEtag", () => {
  it("tells bodies apart, and is a tag that matches itself", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 }), ([one = "", other = ""]) => {
        const etag = weakEtag(one);
        expect(etag).toMatch(/^W\/"[\w-]+"$/);
        expect(matchesEtag(`"x", ${etag}`, etag)).toBe(true);
        expect(matchesEtag(etag, weakEtag(other))).toBe(false);
      }),
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
