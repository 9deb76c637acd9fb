import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTemplate, UnsendableError, url } from "../../src/aggregate/target.ts";

describe("url", () => {
  it.each([
    [url`/countries/${"FRA"}`, "/countries/FRA"],
    [url`/countries?codes=${["FRA", "DEU"]}&page=${2}`, "/countries?codes=FRA,DEU&page=2"],
    [url`/find?q=${"a&b=c #d"}`, "/find?q=a%26b%3Dc%20%23d"],
    [url`/names/${"São Tomé / Príncipe"}`, "/names/S%C3%A3o%20Tom%C3%A9%20%2F%20Pr%C3%ADncipe"],
    [url`/things/${"https://elsewhere.example"}`, "/things/https%3A%2F%2Felsewhere.example"],
    [url`/things/`, "/things/"],
    [url`/odd/${"\uD800"}`, "/odd/%EF%BF%BD"],
  ])("keeps each value in its place (%#)", (target, pathAndQuery) => {
    expect(target.pathAndQuery).toBe(pathAndQuery);
  });

  it.each([".", "..", ""])("refuses %j as a path segment, which would name another place", (value) => {
    expect(() => url`/countries/${value}/stats`).toThrow(UnsendableError);
    expect(() => url`/countries/${value}`).toThrow(UnsendableError);
    expect(() => url`/countries/${value}?q=1`).toThrow(UnsendableError);
    expect(() => url`/countries/.${value}/${value}`).toThrow(UnsendableError);
    expect(url`/countries/x${value}?q=${value}`.pathAndQuery).toBe(`/countries/x${value}?q=${value}`);
  });

  it("never leaves its place, whatever the value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (value) => {
        fc.pre(value !== "." && value !== "..");
        const { pathAndQuery } = url`/a/${value}/b?c=${value}&d=1`;
        const parsed = new URL(`http://upstream.example${pathAndQuery}`);
        expect(parsed.host).toBe("upstream.example");
        expect(parsed.pathname.split("/")).toHaveLength(4);
        expect(decodeURIComponent(parsed.pathname.split("/")[2] ?? "")).toBe(value.toWellFormed());
        expect([...parsed.searchParams.keys()]).toEqual(["c", "d"]);
      }),
    );
  });
});

describe("parseTemplate", () => {
  it("fills parameters in, encoded", () => {
    const template = parseTemplate("/countries/:code/cities?size=10&of=:code");
    expect(template.names).toEqual(["code", "code"]);
    expect(template.expand({ code: "F A" }).pathAndQuery).toBe("/countries/F%20A/cities?size=10&of=F%20A");
  });

  it("refuses what would climb out of its place", () => {
    expect(() => parseTemplate("/countries/:code/stats").expand({ code: ".." })).toThrow(
      'Expected no path segment to be "." or "..", got `/countries/../stats`',
    );
  });
});
