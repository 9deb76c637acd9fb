import { type CancelSignal, gather, VirtualClock } from "#kernel";
import { describe, expect, it } from "vitest";
import type { EndpointDefinition } from "../../src/aggregate/definition.ts";
import { endpoint, upstream } from "../../src/aggregate/endpoint.ts";
import { checkLimits, explain } from "../../src/aggregate/explain.ts";
import { type EndpointPlan, planEndpoint } from "../../src/aggregate/plan.ts";
import { url } from "../../src/aggregate/target.ts";
import { openTransport } from "../../src/aggregate/transport.ts";
import { upstreamPlanner } from "../../src/aggregate/upstream-plan.ts";
import { isolate } from "./harness.ts";

const ENVIRONMENT = { variables: {}, allowLoopback: false };

const atlas = upstream("atlas", { origin: "https://atlas.example", timeoutMs: 100 });
const mirror = upstream("mirror", { origin: "https://mirror.example", timeoutMs: 70 });

const hedge = { minMs: 10, maxMs: 50 };
const retry = { attempts: 3, baseMs: 10, capMs: 1_000 };
const things = endpoint("GET /api/things", { deadlineMs: 1_000 });
const unlaned = endpoint("GET /api/things", { deadlineMs: 1_000, lanes: false });

/** One call an element. */
const wide = (max: number) => ({
  from: atlas,
  get: "/x",
  of: () => Array.from({ length: max }, (_, index) => index),
  max,
});
const pages = (maxPages: number) => ({ from: atlas, get: "/x", by: "number", size: 1, maxPages }) as const;

interface Defined {
  readonly definition: EndpointDefinition;
}

/** A plan as it is before its limits are checked. */
function planOf({ definition }: Defined): EndpointPlan {
  const faults: string[] = [];
  const plan = planEndpoint(
    definition,
    upstreamPlanner(ENVIRONMENT, ["slowly"]),
    (fault) => void faults.push(fault),
  );
  expect(faults).toEqual([]);
  return plan;
}

const explained = (defined: Defined, typicalMs?: (routeClass: string) => number | undefined) =>
  explain(planOf(defined), { typicalMs });

describe("explain", () => {
  it("counts what it costs to wait one's turn: a subrequest, and another for a turn that is far off", () => {
    const paced = upstream("paced", { origin: "https://paced.example", timeoutMs: 100, pace: "slowly" });
    const { subrequests, branches } = explained(
      things.branch("free", { from: atlas, get: "/free" }).branch("paced", { from: paced, get: "/x", retry }),
    );
    expect(subrequests).toMatchObject({ typical: 1 + 2, worst: 1 + 3 * 3 });
    expect(branches[1]).toMatchObject({
      calls: { typical: 1, worst: 3, subrequests: { typical: 2, worst: 9 } },
      notes: ["waits its turn under the limit `slowly`"],
    });
  });

  it("says how each branch calls, in the order of declaration", () => {
    const { name, deadlineMs, waves, branches } = explained(
      things
        .branch("facts", { from: atlas, get: "/facts?size=1", statusFrom: true })
        .each("all", { ...wide(7), needs: ["facts"], batch: { size: 2, key: String }, optional: true })
        .pages("cities", { ...pages(4), get: ({ page }) => url`/cities/${page}`, timeoutMs: 300 }),
    );
    expect({ name, deadlineMs, waves }).toEqual({
      name: "GET /api/things",
      deadlineMs: 1_000,
      waves: [["facts", "cities"], ["all"]],
    });
    expect(branches).toMatchObject([
      { name: "facts", upstream: "atlas", target: "/facts?size=1", kind: "single", wave: 1, optional: false },
      {
        name: "all",
        target: "/x",
        kind: "each",
        wave: 2,
        needs: ["facts"],
        optional: true,
        timeoutMs: 1_000,
      },
      { name: "cities", target: "computed", kind: "pages", wave: 1, timeoutMs: 300 },
    ]);
    expect(branches.map(({ notes }) => notes)).toEqual([
      ["its 4xx is the answer's"],
      ["at most 7 elements, 2 a call"],
      ["pages by number"],
    ]);
  });

  it("notes what stands between a branch and its upstream", () => {
    const breaker = { windowMs: 10_000, minCalls: 20, failureRatio: 0.5, openMs: 5_000 };
    const from = upstream("guarded", { origin: "https://guarded.example", hedge, breaker });
    const { branches } = explained(
      things.branch("facts", {
        from,
        get: "/",
        cache: { freshMs: 60_000, staleWhileRevalidateMs: 5_000, staleIfErrorMs: 600_000 },
        fallback: [{ from: mirror }, { staleMs: 7_200_000 }, { value: null }],
      }),
    );
    expect(branches[0]?.notes).toEqual([
      "hedged after the p95, 10 ms to 50 ms",
      "breaker opens 5 s when 50 % of ≥ 20 calls fail in 10 s",
      "cached for 1 min",
      "stale for 5 s while refreshed",
      "stale for 10 min on errors",
      "else from mirror",
      "else the last good answer up to 2 h old",
      "else a value",
    ]);
  });

  it("notes of a cache only what it does", () => {
    const { branches } = explained(
      things.branch("facts", { from: atlas, get: "/", cache: { freshMs: 500 } }),
    );
    expect(branches[0]?.notes).toEqual(["cached for 500 ms"]);
  });

  it("calls none of the configuration's functions", () => {
    const fail = () => {
      throw new Error("called");
    };
    const defined = things
      .each("all", { ...wide(3), of: fail, get: fail, key: fail, attach: fail })
      .respond(fail);
    expect(explained(defined, () => 5).branches[0]?.target).toBe("computed");
  });
});

describe("the calls of a branch", () => {
  it.each<[string, Defined, typical: number, worst: number]>([
    ["a call", things.branch("a", { from: atlas, get: "/" }), 1, 1],
    ["attempts", things.branch("a", { from: atlas, get: "/", retry }), 1, 3],
    ["a hedge", things.branch("a", { from: atlas, get: "/", retry, hedge }), 1, 6],
    [
      "a mirror, called in the branch's way",
      things.branch("a", { from: atlas, get: "/", retry, fallback: [{ from: mirror }, { value: 1 }] }),
      1,
      6,
    ],
    ["elements", things.each("a", { ...wide(7), retry }), 7, 21],
    ["batches", things.each("a", { ...wide(7), hedge, batch: { size: 2, key: String } }), 4, 8],
    ["pages", things.pages("a", { ...pages(5), retry, hedge }), 5, 30],
  ])("are counted with %s", (_, defined, typical, worst) => {
    const { calls } = explained(defined).branches[0] ?? {};
    expect(calls).toMatchObject({ typical, worst });
    const products = calls?.sources.map(({ factors }) => factors.reduce((all, { count }) => all * count, 1));
    expect(products).toEqual(calls?.sources.map((source) => source.worst));
  });

  it("leave out a mirror where a run never asks it: behind elements", () => {
    const { definition } = things.each("a", wide(7));
    const branches = definition.branches.map((branch) => ({
      ...branch,
      fallback: [{ from: mirror, get: undefined }],
    }));
    expect(explained({ definition: { ...definition, branches } }).branches[0]?.calls.worst).toBe(7);
  });

  const failing = { afterMs: 60, status: 503 };
  const failsTwice = (count: number) => (count % 3 === 0 ? { body: [1] } : failing);

  it.each<[string, Defined]>([
    [
      "attempts and a mirror",
      things.branch("a", { from: atlas, get: "/x", retry, fallback: [{ from: mirror }] }),
    ],
    ["hedged attempts", things.branch("a", { from: atlas, get: "/x", retry, hedge })],
    [
      "elements",
      things.each("a", { ...wide(2), get: ({ elements: [one = 0] }) => url`/${one}`, partial: true, retry }),
    ],
  ])("are as many as a run makes at worst: %s", async (_, defined) => {
    const { ask, engine, plan, state } = isolate(defined, { "/x": failing, "/0": failing, "/1": failing });
    for (const { source } of plan.branches) {
      for (let index = 0; index < 20; index += 1) engine.stateOf(source).latencies.record(5);
    }
    await ask();
    expect(state.calls).toHaveLength(explain(plan).subrequests.worst);
  });

  it("are as many as a run makes at worst: pages", async () => {
    const { ask, plan, state } = isolate(
      things.pages("a", { ...pages(3), get: ({ page }) => url`/${page}`, retry }),
      { "/1": failsTwice, "/2": failsTwice, "/3": failsTwice },
    );
    expect(await ask()).toMatchObject([{ kind: "ok" }]);
    expect(state.calls).toHaveLength(explain(plan).subrequests.worst);
  });

  it("leave out redirects, which are counted as far as a run follows them", async () => {
    const { ask, plan, state } = isolate(things.branch("a", { from: atlas, get: "/x" }), {
      "/x": { status: 302, headers: { Location: "/x" } },
    });
    await ask();
    expect(explain(plan).subrequests).toMatchObject({ worst: 1, redirected: state.calls.length });
  });
});

describe("the longest time of a branch", () => {
  const on = ["connection"] as const;
  const once = { from: atlas, get: "/" } as const;
  it.each<[string, Defined, number]>([
    ["its attempt's", things.branch("a", once), 100],
    ["its own limit's", things.branch("a", { ...once, timeoutMs: 40 }), 40],
    [
      "the deadline's",
      endpoint("GET /api/x", { deadlineMs: 30 }).branch("a", { ...once, timeoutMs: 40 }),
      30,
    ],
    [
      "that of attempts and pauses",
      things.branch("a", { ...once, retry: { ...retry, on } }),
      3 * 100 + 10 + 20,
    ],
    ["that of capped pauses", things.branch("a", { ...once, retry: { ...retry, capMs: 12, on } }), 322],
    [
      "its limit's where `503` may ask for a pause",
      things.branch("a", { ...once, retry: { ...retry, on: ["unavailable"] } }),
      1_000,
    ],
    [
      "its limit's where `429` may ask for a pause",
      things.branch("a", { ...once, retry: { ...retry, on: ["throttled"] } }),
      1_000,
    ],
    ["that of one attempt, which never pauses", things.branch("a", { ...once, retry: { attempts: 1 } }), 100],
    ["that of a late copy", things.branch("a", { ...once, hedge }), 150],
    [
      "that of a copy as late as can be",
      things.branch("a", { ...once, hedge: { minMs: 1, maxMs: 500 } }),
      200,
    ],
    ["that of one page after the other", things.pages("a", pages(4)), 400],
    ["that of all elements at once", things.each("a", wide(100)), 100],
    [
      "that of what stands in for it, too",
      things.branch("a", { ...once, fallback: [{ from: mirror }] }),
      170,
    ],
  ])("is %s", (_, defined, worstMs) => {
    expect(explained(defined).branches[0]?.worstMs).toBe(worstMs);
  });
});

describe("the critical path", () => {
  const limits = { from: atlas, get: "/" } as const;
  const tree = things
    .branch("a", { ...limits, timeoutMs: 30 })
    .branch("b", { ...limits, timeoutMs: 50 })
    .branch("c", { ...limits, timeoutMs: 40, needs: ["a"] })
    .branch("d", { ...limits, timeoutMs: 10, needs: ["b", "a"] });

  it("is the chain of needs whose limits add up to most", () => {
    const { criticalPath, branches } = explained(tree);
    expect(criticalPath).toEqual({ branches: ["a", "c"], typicalMs: null, worstMs: 70 });
    expect(branches.map(({ worstStartMs }) => worstStartMs)).toEqual([0, 0, 30, 50]);
  });

  it("ends at the deadline", () => {
    const { definition } = tree.branch("e", { ...limits, needs: ["c"] });
    const { criticalPath, branches } = explained({ definition: { ...definition, deadlineMs: 45 } });
    expect(criticalPath).toMatchObject({ branches: ["a", "c", "e"], worstMs: 45 });
    expect(branches.map(({ worstStartMs }) => worstStartMs)).toEqual([0, 0, 30, 45, 45]);
  });

  it("is as long as any chain in a run in which everything takes until its limit", async () => {
    const slow = things
      .branch("a", { from: atlas, get: "/a" })
      .branch("b", { from: mirror, get: "/b", needs: ["a"] });
    const { ask, clock, plan } = isolate(slow, { "/a": { afterMs: 99.9 }, "/b": { hangs: true } });
    await ask();
    expect(clock.now()).toBeCloseTo(explain(plan).criticalPath.worstMs, 0);
  });

  it("takes as long as calls take of late, when that is known of every branch", () => {
    const ms: Record<string, number> = { a: 3, b: 20, c: 4, d: 5 };
    const byName = (known: readonly string[]) => (routeClass: string) => {
      const name = routeClass.split(" ").at(-1) ?? "";
      return known.includes(name) ? ms[name] : undefined;
    };
    expect(explained(tree, byName(["a", "b", "c", "d"])).criticalPath.typicalMs).toBe(25);
    const { criticalPath, branches } = explained(tree, byName(["a", "b", "d"]));
    expect(criticalPath.typicalMs).toBeNull();
    expect(branches.map(({ typicalMs }) => typicalMs)).toEqual([3, 20, null, 5]);
  });

  it.each<[string, Defined, number]>([
    ["pages one after the other", things.pages("a", pages(4)), 40],
    ["elements side by side over lanes", things.each("a", wide(100)), 10],
    ["elements six at a time without lanes", unlaned.each("a", wide(13)), 30],
    ["a thousand at once", things.each("a", wide(1_000)), 10],
  ])("counts %s as they typically go", (_, defined, typicalMs) => {
    expect(explained(defined, () => 10).criticalPath.typicalMs).toBe(typicalMs);
  });
});

describe("subrequests", () => {
  it.each<[string, Defined, typical: number, worst: number]>([
    ["a call each without lanes", unlaned.each("a", wide(20)).pages("b", pages(3)), 23, 23],
    ["six calls and a lane for every six more", things.each("a", wide(20)), 6 + 3, 20],
    ["what a wave has in common", things.each("a", wide(5)).each("b", wide(5)), 6 + 1, 10],
    ["the later pages by themselves", things.each("a", wide(6)).pages("b", pages(3)), 6 + 1 + 2, 9],
    ["each wave by itself", things.each("a", wide(6)).each("b", { ...wide(6), needs: ["a"] }), 12, 12],
  ])("are %s when all goes well", (_, defined, typical, worst) => {
    expect(explained(defined).subrequests).toMatchObject({ typical, worst });
  });

  it.each([
    [50, 1, 1, "free"],
    [51, 1, 1, "paid"],
    [1_000, 10, 10, "paid"],
    [1_000, 10, 11, "none"],
  ])("of %i elements, %i attempts and %i pages fit the plan: %s", (max, attempts, most, fits) => {
    const defined = things.each("a", { ...wide(max - 1), retry: { attempts } }).pages("b", pages(most));
    expect(explained(defined).subrequests).toMatchObject({ fits, free: 50, paid: 10_000 });
  });
});

describe("connections", () => {
  const one = { from: atlas, get: "/" } as const;
  it.each<[string, Defined, readonly number[]]>([
    ["all of a wave", things.branch("a", one).each("b", wide(9)).pages("c", pages(9)), [11]],
    [
      "both copies of a hedged call",
      things.branch("a", { ...one, hedge }).pages("b", { ...pages(9), hedge }),
      [4],
    ],
    ["nothing that has ended", things.each("a", wide(9)).branch("b", { ...one, needs: ["a"] }), [9, 1]],
    [
      "what a branch has not waited for, be it waited for by its neighbours",
      things
        .branch("a", one)
        .each("b", wide(9))
        .each("c", { ...wide(8), needs: ["a"] })
        .branch("d", { ...one, needs: ["b"] }),
      [10, 17],
    ],
    [
      "not both of those that wait for one another",
      things
        .branch("a", one)
        .branch("b", { ...one, needs: ["a"] })
        .branch("c", { ...one, needs: ["b"] })
        .each("d", wide(5))
        .each("e", { ...wide(3), needs: ["d"] }),
      [6, 6, 6],
    ],
    [
      "a refresh that goes on behind a stale answer",
      things
        .each("a", { ...wide(9), cache: { freshMs: 1, staleWhileRevalidateMs: 1 } })
        .branch("b", { ...one, needs: ["a"] }),
      [9, 10],
    ],
  ])("count %s", (_, defined, atOnce) => {
    expect(explained(defined).connections.atOnce).toEqual(atOnce);
  });

  it("queue behind the six where lanes are off", () => {
    const tree = unlaned
      .each("a", wide(7))
      .branch("b", one)
      .each("c", { ...wide(20), needs: ["a", "b"] });
    expect(explained(tree).connections).toEqual({
      atOnce: [8, 20],
      queue: [
        { wave: 1, waiting: 2 },
        { wave: 2, waiting: 14 },
      ],
      lanes: 0,
    });
  });

  it.each([1, 6, 7, 12, 13, 606, 607, 1_000])(
    "spread %i calls over as many lanes as the transport opens",
    async (count) => {
      const clock = new VirtualClock();
      let opened = 0;
      const openLane = () => {
        opened += 1;
        return {
          send: async () => await Promise.resolve(new Response(null, { status: 503 })),
          [Symbol.dispose]: () => undefined,
        };
      };
      const transport = openTransport({
        clock,
        fetch: async () => new Response("{}"),
        name: "worker",
        openLane,
      });
      const call = { url: "https://atlas.example/", method: "GET", headers: {}, body: null };
      const send = async (signal: CancelSignal) =>
        await transport.send({ ...call, timeoutMs: 1_000, maxBytes: 1_000, readsAll: false }, signal);
      await clock.run(gather(Array.from({ length: count }, () => send)));

      const { connections } = explained(things.each("a", wide(count)));
      expect(connections).toMatchObject({ lanes: opened, queue: [] });
    },
  );
});

describe("checkLimits", () => {
  const full = things.each("all", { ...wide(1_000), retry: { attempts: 10 } });

  it("refuses more subrequests than the platform allows, and shows the sum", () => {
    expect(checkLimits(planOf(full))).toEqual([]);
    const fallback = [{ from: mirror }];
    const over = full
      .branch("facts", { from: atlas, get: "/", fallback })
      .each("some", { ...wide(7), hedge, batch: { size: 2, key: String } });
    expect(checkLimits(planOf(over))).toEqual([
      "expected at most 10000 subrequests in the worst case, got 10010: " +
        "`all` 1000 elements × 10 attempts + `facts` 1 + 1 at mirror + `some` 4 batches × 2 (hedged)",
    ]);
  });

  it("has nothing to say of a plan whose numbers are none, or whose needs run in a circle", () => {
    const branches = things
      .each("a", { ...wide(1), max: Number.NaN })
      .branch("b", { from: atlas, get: "/" })
      .definition.branches.map((branch) => ({ ...branch, needs: ["b"] }));
    const broken = { ...things.definition, branches };
    expect(checkLimits(planEndpoint(broken, upstreamPlanner(ENVIRONMENT), () => undefined))).toEqual([]);
  });
});
