import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renamer } from "../../src/aggregate/rename.ts";

describe("renamer", () => {
  it.each<[name: string, rename: Record<string, string>, before: object, after: object]>([
    ["a member", { a: "b" }, { a: 1, c: 2 }, { b: 1, c: 2 }],
    ["a member up", { "name.common": "name" }, { name: { common: 1, official: 2 } }, { name: 1 }],
    ["a member down", { a: "b.c.d" }, { a: 1, b: { e: 2 } }, { b: { e: 2, c: { d: 1 } } }],
    ["a member into itself", { a: "a.b" }, { a: 1 }, { a: { b: 1 } }],
    ["two that change places", { a: "b", b: "a" }, { a: 1, b: 2 }, { b: 1, a: 2 }],
    ["over what is in the way", { a: "b.c" }, { a: 1, b: [2] }, { b: { c: 1 } }],
    [
      "an object whole, and a part of it",
      { a: "b", "a.x": "x" },
      { a: { x: 1, y: 2 } },
      { b: { x: 1, y: 2 }, x: 1 },
    ],
    [
      "out of an object, which is removed when empty",
      { "a.b.c": "c" },
      { a: { b: { c: 1 } }, d: {} },
      { c: 1, d: {} },
    ],
    ["nothing where it is missing", { "a.b": "x", c: "y" }, { a: 1 }, { a: 1 }],
    ["nothing out of an empty object", { "a.b": "x" }, { a: {} }, { a: {} }],
    ["nothing that is inherited", { constructor: "x", "__proto__.y": "z" }, {}, {}],
    ["a member that is null", { a: "b" }, { a: null }, { b: null }],
    [
      "within each element of a list",
      { "cities.name": "cities.label.en" },
      { cities: [{ name: "A", size: 1 }, { size: 2 }, null, { name: "B" }] },
      { cities: [{ size: 1, label: { en: "A" } }, { size: 2 }, null, { label: { en: "B" } }] },
    ],
    [
      "within lists in lists",
      { "a.b.c": "a.b.d" },
      { a: [{ b: [{ c: 1 }, { c: 2 }] }, { b: [] }] },
      { a: [{ b: [{ d: 1 }, { d: 2 }] }, { b: [] }] },
    ],
    [
      "out of each element of a list, gathered",
      { "cities.name": "names" },
      { cities: [{ name: "A", size: 1 }, { size: 2 }, 3, { name: "B" }] },
      { cities: [{ size: 1 }, { size: 2 }, 3, {}], names: ["A", "B"] },
    ],
    [
      "out of lists in lists, into one",
      { "a.b.c": "c" },
      { a: [{ b: [{ c: 1 }, { c: [2] }] }] },
      { c: [1, [2]], a: [{ b: [{}, {}] }] },
    ],
    ["a list's members over the list", { "a.b": "a" }, { a: [{ b: 1 }, { c: 2 }] }, { a: [1] }],
    [
      "into no list but its own",
      { "a.x": "b.x" },
      { a: [{ x: 1 }], b: [{ y: 2 }] },
      { a: [{}], b: { x: [1] } },
    ],
  ])("moves %s", (_, rename, before, after) => {
    const given = structuredClone(before);
    expect(renamer(rename)(given as Record<string, unknown>)).toEqual(after);
    expect(given).toEqual(before);
  });

  it("lets what was moved stand where it stood", () => {
    const move = renamer({ "name.common": "name", "stats.population": "population", cca3: "code" });
    const after = move({ cca3: "FRA", name: { common: "France" }, stats: { population: 1 }, area: 2 });
    expect(JSON.stringify(after)).toBe('{"code":"FRA","name":"France","population":1,"area":2}');
  });

  it.each(["__proto__.polluted", "constructor.prototype.polluted", "__proto__"])(
    "defines `%s`, and no more",
    (path) => {
      const after = renamer({ a: path })({ a: { polluted: true } });
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
      expect(Object.keys(after)).toEqual([path.split(".", 1)[0]]);
    },
  );

  it("is undone by the opposite, where nothing is in the way", () => {
    const object = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue());
    fc.assert(
      fc.property(object, (before) => {
        const after = renamer({ a: "x.y", b: "c", c: "b" })(before);
        expect(renamer({ "x.y": "a", b: "c", c: "b" })(after)).toEqual(before);
      }),
    );
  });
});
