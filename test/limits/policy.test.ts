import { describe, expect, it } from "vitest";
import { findPolicies, type LimitPolicy, nameOf, planPolicies } from "../../src/limits/policy.ts";
import { policyOf } from "./policies.ts";

function faultsOf(...policies: LimitPolicy[]): string[] {
  const faults: string[] = [];
  planPolicies(policies, (fault) => faults.push(fault));
  return faults;
}

describe("planPolicies", () => {
  it("fills in what is left out", () => {
    const demo: LimitPolicy = {
      name: "demo",
      capacity: 5,
      refill: { tokens: 5, perMs: 1_000 },
      onFailure: "open",
    };
    expect(planPolicies([demo], () => undefined)).toEqual([
      { ...demo, maxWaitMs: 30_000, maxWaiters: 1_000 },
    ]);
  });

  it.each<[Partial<LimitPolicy>, string]>([
    [{ capacity: 0 }, "limit `demo`: expected `capacity` to be an integer ≥ 1, got 0"],
    [{ capacity: 1.5 }, "limit `demo`: expected `capacity` to be an integer ≥ 1, got 1.5"],
    [
      { refill: { tokens: -1, perMs: 1 } },
      "limit `demo`: expected `refill.tokens` to be an integer ≥ 1, got -1",
    ],
    [
      { refill: { tokens: 1, perMs: Number.NaN } },
      "limit `demo`: expected `refill.perMs` to be an integer ≥ 1, got NaN",
    ],
    [
      { capacity: 2 ** 40, refill: { tokens: 1, perMs: 2 ** 20 } },
      "limit `demo`: expected `capacity` × `refill.perMs` to be at most 2^52, got 1152921504606847000",
    ],
    [{ maxWaitMs: -1 }, "limit `demo`: expected `maxWaitMs` to be an integer ≥ 0, got -1"],
    [{ maxWaiters: Infinity }, "limit `demo`: expected `maxWaiters` to be an integer ≥ 0, got Infinity"],
    [
      // As somebody without a type checker could write it.
      { onFailure: "opne" as "open" },
      "limit `demo`: expected `onFailure` to be `open` or `closed`, got `opne`; did you mean `open`?",
    ],
    [
      { name: "per day" },
      "limit `per day`: expected a name of at most 64 letters, digits, `_` and `-` that begins with a letter",
    ],
  ])("refuses %o", (changes, fault) => {
    expect(faultsOf(policyOf(changes))).toEqual([fault]);
  });

  it.each<[object, readonly string[]]>([
    [
      { name: "demo", capacity: 5, onFailure: "open" },
      [
        "limit `demo`: expected `refill.tokens` to be an integer ≥ 1, got undefined",
        "limit `demo`: expected `refill.perMs` to be an integer ≥ 1, got undefined",
      ],
    ],
    [
      { name: "demo", capacity: "5", refill: { tokens: 5, perMS: 1_000 }, onFailure: "open" },
      [
        "limit `demo`: there is no `refill.perMS`; did you mean `perMs`?",
        'limit `demo`: expected `capacity` to be an integer ≥ 1, got "5"',
        "limit `demo`: expected `refill.perMs` to be an integer ≥ 1, got undefined",
      ],
    ],
    [
      { name: "demo", capacity: 5, refill: { tokens: 5, perMs: 1_000 }, onFaliure: "closed", maxWait: 5 },
      [
        "limit `demo`: there is no `onFaliure`; did you mean `onFailure`?",
        "limit `demo`: there is no `maxWait`; did you mean `maxWaitMs`?",
        "limit `demo`: expected `onFailure` to be `open` or `closed`, got `undefined`; known: `open`, `closed`",
      ],
    ],
    [
      { capacity: 5, refill: { tokens: 5, perMs: 1_000 }, onFailure: "open" },
      [
        "limit `undefined`: expected a name of at most 64 letters, digits, `_` and `-` that begins with a letter",
      ],
    ],
  ])("tells whoever has no type checker all that is wrong with %o", (policy, faults) => {
    expect(faultsOf(policy as LimitPolicy)).toEqual(faults);
  });

  it("refuses a name twice", () => {
    expect(faultsOf(policyOf(), policyOf())).toEqual(["limit `demo`: expected each name once, got it twice"]);
  });
});

describe("findPolicies", () => {
  const [second, day] = [policyOf({ name: "per-second" }), policyOf({ name: "per-day" })];

  it.each(["per-day+per-second", ["per-second", "per-day"], ["per-day", "per-second", "per-day"]])(
    "makes one set of %o, however it is written",
    (names) => {
      const found = findPolicies([second, day], names);
      expect("set" in found && nameOf(found.set)).toBe("per-second+per-day");
    },
  );

  it("suggests a name that is nearly right", () => {
    expect(findPolicies([second, day], "per-days")).toEqual({
      unknown: "there is no limit `per-days`; did you mean `per-day`?",
    });
  });
});
