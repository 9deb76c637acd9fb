import { describe, expect, it } from "vitest";
import { checkShape, shape, type ShapeOptions } from "../../src/aggregate/shape.ts";

const FRANCE = {
  cca3: "FRA",
  name: { common: "France", official: "French Republic" },
  stats: { population: 68, area: { land: 1, water: 2 } },
  cities: [{ name: "Paris", size: 2 }, { name: "Lyon", size: 1 }, "Nice"],
};

describe("shape", () => {
  it.each<[name: string, options: ShapeOptions, value: unknown, json: string]>([
    ["all of it where nothing is asked", {}, { b: [1], a: null }, '{"b":[1],"a":null}'],
    [
      "members in the order of `pick`",
      { pick: ["stats.population", "cca3"] },
      FRANCE,
      '{"stats":{"population":68},"cca3":"FRA"}',
    ],
    [
      "members of one object together",
      { pick: ["stats.area.land", "cca3", "stats.population"] },
      FRANCE,
      '{"stats":{"area":{"land":1},"population":68},"cca3":"FRA"}',
    ],
    [
      "all of a member of which a part is picked too",
      { pick: ["name", "name.common"] },
      { name: { x: 1 } },
      '{"name":{"x":1}}',
    ],
    [
      "no member that is missing",
      { pick: ["a", "b.c", "d.e", "f"] },
      { b: {}, d: { x: 1 }, f: null },
      '{"f":null}',
    ],
    ["nothing of a scalar that has no such member", { pick: ["cca3.x"] }, FRANCE, "{}"],
    ["nothing", { pick: [] }, FRANCE, "{}"],
    ["nothing that is inherited", { pick: ["constructor", "__proto__", "toString.name"] }, {}, "{}"],
    [
      "each element of a list",
      { pick: ["a"] },
      [{ a: 1, b: 2 }, { b: 3 }, "secret", null],
      '[{"a":1},{},null,null]',
    ],
    [
      "each element of a list on the way",
      { pick: ["cities.name"] },
      FRANCE,
      '{"cities":[{"name":"Paris"},{"name":"Lyon"},null]}',
    ],
    ["null for what is no object", { pick: ["a"] }, "secret", "null"],
    [
      "what it picks under another name",
      {
        pick: ["name.common", "stats.population"],
        rename: { "name.common": "name", "stats.population": "people" },
      },
      FRANCE,
      '{"name":"France","people":68}',
    ],
    ["each element of a list under another name", { rename: { a: "b" } }, [{ a: 1 }, 2], '[{"b":1},2]'],
    ["a scalar, whatever is renamed", { rename: { a: "b" } }, "a", '"a"'],
  ])("gives %s", (_, options, value, json) => {
    const before = structuredClone(value);
    expect(JSON.stringify(shape(value, options))).toBe(json);
    expect(value).toEqual(before);
  });

  it("takes `__proto__` for a member like any other", () => {
    const value = JSON.parse('{"__proto__":{"polluted":true,"x":1}}') as unknown;
    const shaped = shape(value, { pick: ["__proto__.polluted"] });
    expect(JSON.stringify(shaped)).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(shaped)).toBe(Object.prototype);
  });
});

describe("checkShape", () => {
  it.each<[ShapeOptions]>([
    [{}],
    [{ pick: ["a", "b.c", "b"] }],
    [{ rename: { a: "b", b: "a" } }],
    [{ rename: { "a.b": "ab", a: "b.c", c: "b.cd" } }],
    [
      {
        pick: ["name.common", "name.official"],
        rename: { "name.common": "name", "name.official": "official" },
      },
    ],
    [{ pick: ["name"], rename: { "name.common": "name" } }],
    [{ pick: ["name.common"], rename: { name: "title" } }],
    [{ pick: ["a", "b"], rename: { a: "b.c" } }],
    [{ pick: ["a", "b"], rename: { a: "b", b: "a" } }],
  ])("finds nothing wrong with %j", (options) => {
    expect(checkShape(options)).toEqual([]);
  });

  it.each<[ShapeOptions, fault: string]>([
    [{ pick: [""] }, "expected `pick` to hold paths like `name.common`, got ``"],
    [{ pick: ["a..b"] }, "expected `pick` to hold paths like `name.common`, got `a..b`"],
    [{ pick: ["a."] }, "expected `pick` to hold paths like `name.common`, got `a.`"],
    [{ rename: { ".a": "b" } }, "expected `rename` to hold paths like `name.common`, got `.a`"],
    [{ rename: { a: "" } }, "expected `rename` to hold paths like `name.common`, got ``"],
    [{ rename: { a: "c", b: "c" } }, "expected `rename` to lead to different places, got `c` and `c`"],
    [{ rename: { a: "c", b: "c.d" } }, "expected `rename` to lead to different places, got `c` and `c.d`"],
    [{ rename: { a: "c.d", b: "c" } }, "expected `rename` to lead to different places, got `c.d` and `c`"],
    [{ pick: ["a"], rename: { b: "c" } }, "expected `rename` to move what `pick` keeps, got `b`"],
    [
      { pick: ["a", "b"], rename: { a: "b" } },
      "expected `rename` to spare what `pick` keeps, got `b` over `b`",
    ],
    [
      { pick: ["name.common", "name.official"], rename: { "name.common": "name" } },
      "expected `rename` to spare what `pick` keeps, got `name` over `name.official`",
    ],
  ])("says what is wrong with %j", (options, fault) => {
    expect(checkShape(options)).toEqual([fault]);
  });
});
