import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combineFreshness, type FreshnessPart } from "../../src/http/freshness.ts";

const part = (cacheControl: string | null, more: Partial<FreshnessPart> = {}): FreshnessPart => ({
  cacheControl,
  age: null,
  vary: null,
  ...more,
});

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

describe("combineFreshness", () => {
  it.each<[name: string, parts: FreshnessPart[], cacheControl: string]>([
    ["is not kept if it is made of nothing", [], "no-store"],
    ["is kept as long as its only part", [part("max-age=60")], "max-age=60"],
    [
      "is kept for the least",
      [part("max-age=60"), part("public, max-age=30"), part("max-age=90")],
      "max-age=30",
    ],
    ["is kept for what is left", [part("max-age=60", { age: "45" }), part("max-age=30")], "max-age=15"],
    ["is never kept for less than nothing", [part("max-age=60", { age: "61" })], "max-age=0"],
    ["is not fresh if a part does not say", [part("max-age=60"), part(null)], "max-age=0"],
    ["is not fresh if a part says something else", [part("max-age=60"), part("public")], "max-age=0"],
    ["is not fresh if a part is to be asked for", [part("max-age=60, no-cache")], "max-age=0"],
    ["is not fresh if a part of a part is", [part('max-age=60, no-cache="set-cookie"')], "max-age=0"],
    [
      "is not kept if a part is not",
      [part("max-age=60"), part("max-age=9, No-Store"), part(null)],
      "no-store",
    ],
    ["is not kept rather than private", [part("private"), part("no-store")], "no-store"],
    ["is private if a part is", [part("max-age=60"), part("PRIVATE, max-age=90")], "private, max-age=60"],
    ["is private if a part of a part is", [part('max-age=60, private="x, y"')], "private, max-age=60"],
    [
      "must not be used stale if a part must not",
      [part("max-age=60, must-revalidate")],
      "max-age=60, must-revalidate",
    ],
    ["goes by max-age where there is s-maxage too", [part("s-maxage=90, max-age=60")], "max-age=60"],
    ["goes by s-maxage where that is all", [part("s-maxage=90")], "max-age=90"],
    ["reads either case", [part("MAX-AGE=60")], "max-age=60"],
    ["reads numbers in quotes", [part('max-age="60"')], "max-age=60"],
    ["takes the first where a part says it twice", [part("max-age=60, max-age=90")], "max-age=60"],
    ["takes a number that is too large for the largest", [part("max-age=99999999999")], "max-age=2147483648"],
    ["finds nothing in quotes", [part('x="no-store, \\" private", max-age=60')], "max-age=60"],
    ["finds nothing in longer names", [part("x-no-store, not-private, max-age=60")], "max-age=60"],
  ])("%s", (_, parts, cacheControl) => {
    expect(combineFreshness(parts)).toEqual({ cacheControl, vary: undefined });
  });

  it.each([
    "max-age",
    "max-age=",
    "max-age=-1",
    "max-age=1.5",
    "max-age=60s",
    "max-age = 60",
    '=,;="',
    "max-age=1e9",
  ])("takes `%s` for not fresh", (cacheControl) => {
    expect(combineFreshness([part(cacheControl)]).cacheControl).toBe("max-age=0");
  });

  it.each([
    ["10, 50", 50],
    ["garbage", 60],
    ["-1", 60],
    ["", 60],
    ["99999999999", 0],
  ])("of an age of `%s` leaves %i", (age, left) => {
    expect(combineFreshness([part("max-age=60", { age })]).cacheControl).toBe(`max-age=${left}`);
  });

  it.each([
    ["Sun, 06 Nov 1994 08:50:37 GMT", DATE, 60],
    ["Sunday, 06-Nov-94 08:50:37 GMT", DATE, 60],
    ["Sun Nov  6 08:50:37 1994", DATE, 60],
    ["Sun, 06 Nov 1994 08:48:37 GMT", DATE, 0],
    ["Sun, 06 Nov 1994 08:50:37 GMT", null, 0],
    ["Sun, 06 Nov 1994 08:50:37 GMT", "garbage", 0],
    ["0", DATE, 0],
    ["2094", DATE, 0],
    ["Sun 2094", DATE, 0],
    ["Nov 6 08:50:37 1994 GMT", DATE, 0],
    ["Sun, 99 Nov 2094 08:50:37 GMT", DATE, 0],
  ])("goes by an `Expires` of `%s` at `%s`", (expires, date, seconds) => {
    expect(combineFreshness([part("public", { expires, date })]).cacheControl).toBe(`max-age=${seconds}`);
    expect(combineFreshness([part("max-age=9", { expires, date })]).cacheControl).toBe("max-age=9");
    expect(combineFreshness([part("max-age=x", { expires, date })]).cacheControl).toBe("max-age=0");
  });

  it("takes the age off what `Expires` gives too", () => {
    const expiring = part(null, { expires: "Sun, 06 Nov 1994 08:50:37 GMT", date: DATE, age: "10" });
    expect(combineFreshness([expiring]).cacheControl).toBe("max-age=50");
  });

  it.each([
    [[null, null], undefined],
    [["", " , "], undefined],
    [["Accept"], "Accept"],
    [["Accept, Origin", null, "accept ,Accept-Language"], "Accept, Origin, Accept-Language"],
    [["Accept", "*", "Origin"], "*"],
    [["Accept, *"], "*"],
    [["Accept Origin"], "*"],
    [['"Accept"'], "*"],
  ])("varies, of parts that vary by %j, by %j", (values, vary) => {
    expect(combineFreshness(values.map((value) => part("max-age=1", { vary: value }))).vary).toBe(vary);
  });

  it("is never fresher than a part of it, whatever the parts say", () => {
    const directive = fc.constantFrom(
      "max-age=60",
      "s-maxage=9",
      "no-store",
      "private",
      "no-cache",
      'x="',
      ",",
      "public",
    );
    const anyPart = fc.record({
      cacheControl: fc.option(fc.array(directive).map((list) => list.join(", "))),
      age: fc.option(fc.constantFrom("0", "7", "x")),
      vary: fc.option(fc.constantFrom("Accept", "*", "origin")),
    });
    const secondsOf = (cacheControl: string) => Number(/max-age=(\d+)/.exec(cacheControl)?.[1] ?? -1);
    fc.assert(
      fc.property(fc.array(anyPart, { minLength: 1 }), (parts) => {
        const whole = combineFreshness(parts).cacheControl;
        const each = parts.map((one) => combineFreshness([one]).cacheControl);
        expect(secondsOf(whole)).toBe(Math.min(...each.map(secondsOf)));
        expect(whole.includes("private")).toBe(
          whole !== "no-store" && each.some((one) => one.includes("private")),
        );
      }),
    );
  });
});
