import { describe, expect, it } from "vitest";
import * as z from "zod";
import { DEFAULT_POLICY, task, type TaskType } from "../../src/tasks/define.ts";
import { planTasks } from "../../src/tasks/plan.ts";

const fine = task("fine", { payload: z.unknown(), handle: async () => await Promise.resolve() });

function plan(...types: readonly TaskType[]) {
  const faults: string[] = [];
  const planned = planTasks(types, (fault) => void faults.push(fault));
  return { ...planned, faults };
}

describe("planTasks", () => {
  it("fills in what a type leaves out", () => {
    const { policies, faults } = plan({ ...fine, attempts: 2, timeoutMs: undefined as never });
    expect(policies["fine"]).toEqual({ ...DEFAULT_POLICY, attempts: 2 });
    expect(faults).toEqual([]);
  });

  it.each<[object, ...string[]]>([
    [{ name: "1st" }, "expected a name of at most 64 letters, digits, `_` and `-`"],
    [{ name: "$clean-up" }, "expected a name of at most 64 letters, digits, `_` and `-`"],
    [{ attempts: 0 }, "expected `attempts` to be an integer ≥ 1, got 0"],
    [{ timeoutMs: 1.5 }, "expected `timeoutMs` to be an integer ≥ 1, got 1.5"],
    [{ timeoutMs: 840_001 }, "expected `timeoutMs` to be at most 840000, got 840001"],
    [{ retentionMs: "7 days" }, "expected `retentionMs` to be an integer ≥ 1, got 7 days"],
    [{ startWithinMs: -1 }, "expected `startWithinMs` to be an integer ≥ 1, got -1"],
    [{ backoff: { baseMs: 1 } }, "expected `backoff.capMs` to be an integer ≥ 1, got undefined"],
    [{ rate: { count: 0, perMs: 1 } }, "expected `rate.count` to be an integer ≥ 1, got 0"],
    [{ concurrency: 0 }, "expected `concurrency` to be an integer ≥ 1, got 0"],
    [{ concurrencyKey: () => "a" }, "expected `concurrency` to say how many of a `concurrencyKey` may run"],
    [{ timeoutMS: 5 }, "there is no `timeoutMS`; did you mean `timeoutMs`?"],
    [
      { backoff: 5 },
      "expected `backoff.baseMs` to be an integer ≥ 1, got undefined",
      "expected `backoff.capMs` to be an integer ≥ 1, got undefined",
    ],
    [{ backoff: { baseMs: 1, capMs: 2, kapMs: 3 } }, "there is no `backoff.kapMs`; did you mean `capMs`?"],
    [{ rate: { count: 1, perMs: 1, per: 1 } }, "there is no `rate.per`; did you mean `perMs`?"],
    [{ concurrency: 1, concurrencyKey: "host" }, "expected `concurrencyKey` to be a function, got string"],
    [{ cleanUp: true }, "expected `cleanUp` to be a function, got boolean"],
    [{ handle: undefined }, "expected `handle` to be a function, got undefined"],
    [
      { payload: { type: "object" } },
      "expected `payload` to be a schema, as Zod makes them (https://standardschema.dev)",
    ],
  ])("says what is wrong with %j, and of which type", (members, ...faults) => {
    const type = { ...fine, ...members };
    expect(plan(type).faults).toEqual(faults.map((fault) => `task \`${type.name}\`: ${fault}`));
  });

  it("says which name is there twice", () => {
    expect(plan(fine, fine).faults).toEqual(["task `fine`: expected each name once, got it twice"]);
  });
});
