import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attach, planJoin } from "../../src/aggregate/join.ts";

/** Elements of few keys; `id` tells apart those that share one. */
const elements = fc
  .array(fc.constantFrom("FRA", "DEU", "ITA", "ESP", "__proto__"))
  .map((keys) => keys.map((key, id) => ({ key, id })));
const keyOf = ({ key }: { key: string }) => key;

describe("planJoin", () => {
  it("asks for each key once, in the order in which they come, in batches", () => {
    const plan = planJoin(["b", "a", "b", "c", "a"], (key) => key, { batchSize: 2, maxElements: 3 });
    expect(plan).toEqual({
      ok: true,
      batches: [
        [
          { key: "b", element: "b" },
          { key: "a", element: "a" },
        ],
        [{ key: "c", element: "c" }],
      ],
    });
  });

  it("asks for one at a time unless told otherwise", () => {
    const plan = planJoin([1, 2], String, { maxElements: 2 });
    expect(plan.ok && plan.batches).toEqual([[{ key: "1", element: 1 }], [{ key: "2", element: 2 }]]);
  });

  it("needs no call for no elements", () => {
    expect(planJoin([], String, { maxElements: 1 })).toEqual({ ok: true, batches: [] });
  });

  it("counts keys, not elements, and refuses more than allowed", () => {
    expect(planJoin([1, 2, 2, 3], String, { maxElements: 2 })).toEqual({ ok: false, count: 3, limit: 2 });
    expect(planJoin([1, 2, 2, 1], String, { maxElements: 2 })).toMatchObject({ ok: true });
  });

  it("holds every key once, by its first element, and fills every batch but the last", () => {
    fc.assert(
      fc.property(elements, fc.integer({ min: 1, max: 6 }), (given, batchSize) => {
        const plan = planJoin(given, keyOf, { batchSize, maxElements: 10 });
        const batches = plan.ok ? plan.batches : [];
        const firsts = given.filter(({ key }, index) => given.findIndex((one) => one.key === key) === index);
        expect(batches.flat()).toEqual(firsts.map((element) => ({ key: element.key, element })));
        expect(batches.slice(0, -1).every(({ length }) => length === batchSize)).toBe(true);
        expect((batches.at(-1)?.length ?? 1) <= batchSize).toBe(true);
      }),
    );
  });
});

describe("attach", () => {
  it("keeps the elements, their order and those that share a key, whatever was found", () => {
    fc.assert(
      fc.property(
        elements,
        fc.dictionary(fc.constantFrom("FRA", "DEU", "__proto__"), fc.nat()),
        (given, values) => {
          const found = new Map(Object.entries(values));
          const attached = attach(given, keyOf, found);
          expect(attached.map(({ element }) => element)).toEqual(given);
          for (const { element, key, value } of attached) {
            expect({ key, value }).toEqual({ key: element.key, value: found.get(element.key) });
          }
        },
      ),
    );
  });

  it("says where nothing was found, which is not the same as `null`", () => {
    const found = new Map([["a", null]]);
    expect(attach(["a", "b"], (key) => key, found)).toEqual([
      { element: "a", key: "a", value: null },
      { element: "b", key: "b", value: undefined },
    ]);
  });
});
