import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MergePolicy, mergeResults } from "../../src/aggregate/merge.ts";

/** Names each result by its place: `a`, `b`, `c`. */
const named = (values: readonly unknown[]) =>
  values.map((value, index) => [String.fromCharCode(97 + index), value] as const);

const merge = (values: readonly unknown[], policy: MergePolicy) => mergeResults(named(values), policy);

const NAMESPACE = { strategy: "namespace" } as const;
const SHALLOW = { strategy: "shallow" } as const;
const DEEP = { strategy: "deep" } as const;

/** JSON with few names and values, so that much of it collides. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "json" },
    fc.constantFrom(null, 1, 2, "x"),
    fc.array(tie("value"), { maxLength: 2, depthIdentifier: "json" }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom("a", "b", "__proto__"), tie("value"), {
    maxKeys: 3,
    depthIdentifier: "json",
  }),
}));

describe("mergeResults", () => {
  it.each<[name: string, policy: MergePolicy, values: unknown[], answer: unknown]>([
    ["a member a branch", NAMESPACE, [1, { x: 1 }, [2]], { a: 1, b: { x: 1 }, c: [2] }],
    ["nothing under names", NAMESPACE, [], {}],
    ["nothing", DEEP, [], {}],
    ["one result as it is", DEEP, [[1]], [1]],
    ["members side by side", SHALLOW, [{ x: 1 }, { y: { z: 2 } }], { x: 1, y: { z: 2 } }],
    ["objects in objects", DEEP, [{ x: { y: 1 } }, { x: { z: { w: 2 } } }], { x: { y: 1, z: { w: 2 } } }],
    ["values that are equal", SHALLOW, [{ x: [{ y: 1 }] }, { x: [{ y: 1 }] }], { x: [{ y: 1 }] }],
    ["equal lists, once", { ...DEEP, conflicts: "concat" }, [{ x: [1] }, { x: [1] }], { x: [1] }],
    [
      "the first of two",
      { ...SHALLOW, conflicts: "first" },
      [{ x: { y: 1 } }, { x: { z: 2 } }],
      { x: { y: 1 } },
    ],
    [
      "the last of two",
      { ...SHALLOW, conflicts: "last" },
      [{ x: { y: 1 } }, { x: { z: 2 } }],
      { x: { z: 2 } },
    ],
    ["the first of three", { ...DEEP, conflicts: "first" }, [{ x: 1 }, { x: 2 }, { x: 3 }], { x: 1 }],
    ["the last of three", { ...DEEP, conflicts: "last" }, [{ x: 1 }, { x: 2 }, { x: 3 }], { x: 3 }],
    [
      "the objects, when the first is one",
      { ...DEEP, conflicts: "first" },
      [{ x: { y: 1 } }, { x: null }, { x: { z: 2 } }],
      { x: { y: 1, z: 2 } },
    ],
    [
      "no objects, when the last is none",
      { ...DEEP, conflicts: "last" },
      [{ x: { y: 1 } }, { x: { z: 2 } }, { x: 3 }],
      { x: 3 },
    ],
    [
      "lists and scalars as one list",
      { ...DEEP, conflicts: "concat" },
      [{ x: [1, [2]] }, { x: 3 }, { x: [4] }, { x: 3 }],
      { x: [1, [2], 3, 4, 3] },
    ],
    ["lists at the top", { ...SHALLOW, conflicts: "concat" }, [[1], [2, 3]], [1, 2, 3]],
    ["an object over a list", { ...DEEP, conflicts: "last" }, [[1], { x: 1 }], { x: 1 }],
  ])("merges %s", (_, policy, values, answer) => {
    expect(merge(values, policy)).toEqual({ ok: true, value: answer });
  });

  it.each<[policy: MergePolicy, values: unknown[], path: string, branches: [string, string]]>([
    [SHALLOW, [{ x: 1 }, { y: 1 }, { x: 2 }], "x", ["a", "c"]],
    [SHALLOW, [{ x: { y: 1 } }, { x: { z: 1 } }], "x", ["a", "b"]],
    [SHALLOW, [{ x: [1] }, { x: [1, 2] }], "x", ["a", "b"]],
    [SHALLOW, [{ x: { y: 1 } }, { x: { y: 1, z: 1 } }], "x", ["a", "b"]],
    [SHALLOW, [{ x: { y: 1, z: 1 } }, { x: { y: 1 } }], "x", ["a", "b"]],
    [DEEP, [{ x: { y: { z: 1 } } }, {}, { x: { y: { z: 2 } } }], "x.y.z", ["a", "c"]],
    [DEEP, [{ x: { y: 1 } }, { x: { z: 1 } }, { x: 1 }], "x", ["a", "c"]],
    [DEEP, [{ x: 1 }, { x: { y: 1 } }], "x", ["a", "b"]],
    [DEEP, [{ x: { y: undefined } }, { x: { y: 1 } }], "x.y", ["a", "b"]],
    [DEEP, [{ x: 1 }, { x: 2 }, [3]], "", ["a", "c"]],
    [DEEP, ["text", { x: 1 }], "", ["a", "b"]],
    [SHALLOW, [{ x: [{}] }, { x: [{ constructor: Object }] }], "x", ["a", "b"]],
  ])("by %o refuses %j, at `%s`, and says which branches disagree", (policy, values, path, branches) => {
    expect(merge(values, policy)).toEqual({ ok: false, path, branches });
  });

  it("keeps members in the order of declaration", () => {
    const merged = merge(
      [
        { b: 1, a: 1 },
        { c: 1, b: 1 },
      ],
      DEEP,
    );
    expect(JSON.stringify(merged)).toBe('{"ok":true,"value":{"b":1,"a":1,"c":1}}');
  });

  it.each(["__proto__", "constructor", "prototype"])("takes `%s` for a member like any other", (key) => {
    const values = ["x", "y"].map(
      (member) => JSON.parse(`{"${key}":{"${member}":{"polluted":true}}}`) as unknown,
    );
    const merged = merge(values, DEEP);
    expect(JSON.stringify(merged)).toContain(`{"${key}":{"x":{"polluted":true},"y":{"polluted":true}}}`);
    expect(merged).toHaveProperty("ok", true);
    for (const object of [{}, merged, Object.prototype, Object]) expect(object).not.toHaveProperty("x");
  });

  it("neither merges nor compares below the depth that JSON is read to", () => {
    const deep = (levels: number, end: unknown, wrap: (value: unknown) => unknown) => {
      let value = end;
      for (let level = 0; level < levels; level += 1) value = wrap(value);
      return value;
    };
    const inObject = (value: unknown) => ({ x: value });
    const twice = (levels: number, wrap: (value: unknown) => unknown) => [
      deep(levels, 1, wrap),
      deep(levels, 1, wrap),
    ];
    expect(merge(twice(64, inObject), DEEP)).toMatchObject({ ok: true });
    expect(
      merge(
        twice(64, (value) => [value]),
        DEEP,
      ),
    ).toMatchObject({ ok: true });
    expect(merge(twice(100_000, inObject), DEEP)).toMatchObject({ ok: false, branches: ["a", "b"] });
    expect(
      merge(
        twice(100_000, (value) => [value]),
        DEEP,
      ),
    ).toEqual({ ok: false, path: "", branches: ["a", "b"] });
  });

  it("of results that share no path makes the same in any order", () => {
    const parts = 3;
    const tree = fc.letrec((tie) => ({
      leaf: fc.record({ owner: fc.nat(parts - 1), value: fc.constantFrom(1, "x", null, [1, { y: 2 }]) }),
      node: fc.dictionary(fc.string({ maxLength: 2 }), fc.oneof({ maxDepth: 3 }, tie("leaf"), tie("node")), {
        maxKeys: 4,
      }),
    })).node;
    /** The tree without the leaves of others; of all leaves where no owner is named. */
    const partOf = (node: unknown, owner?: number): unknown => {
      const entries = Object.entries(node as object) as [string, { owner?: unknown; value: unknown }][];
      const isLeaf = (member: object) => typeof (member as { owner?: unknown }).owner === "number";
      return Object.fromEntries(
        entries
          .filter(([, member]) => !isLeaf(member) || owner === undefined || member.owner === owner)
          .map(([key, member]) => [key, isLeaf(member) ? member.value : partOf(member, owner)]),
      );
    };
    fc.assert(
      fc.property(
        tree,
        fc.shuffledSubarray(
          Array.from({ length: parts }, (_, owner) => owner),
          { minLength: parts },
        ),
        (whole, order) => {
          const merged = merge(
            order.map((owner) => partOf(whole, owner)),
            DEEP,
          );
          expect(merged).toEqual({ ok: true, value: partOf(whole) });
        },
      ),
    );
  });

  it("takes the first of a list where it takes the last of the list reversed", () => {
    fc.assert(
      fc.property(fc.array(json.value), fc.constantFrom("shallow", "deep"), (values, strategy) => {
        const first = merge(values, { strategy, conflicts: "first" });
        expect(first).toEqual(merge(values.toReversed(), { strategy, conflicts: "last" }));
        expect(first.ok).toBe(true);
      }),
    );
  });

  it("under names loses nothing: the results can be read from the answer", () => {
    const results = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]\w*$/), json.value), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(results, (given) => {
        const merged = mergeResults(given, NAMESPACE);
        expect(merged.ok && Object.entries(merged.value as object)).toEqual(given);
      }),
    );
  });

  it("leaves the results as they are", () => {
    const policies = fc.record({
      strategy: fc.constantFrom("shallow", "deep"),
      conflicts: fc.constantFrom("error", "first", "last", "concat"),
    });
    fc.assert(
      fc.property(fc.array(json.value), policies, (values, policy) => {
        const before = structuredClone(values);
        const merged = merge(freeze(values), policy);
        expect(values).toEqual(before);
        // What is none of the results was made anew.
        if (merged.ok && !values.some((value) => value === merged.value)) {
          expect(Object.isFrozen(merged.value)).toBe(false);
        }
      }),
    );
  });
});

/** Freezes a value and all in it: writing to it throws. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
