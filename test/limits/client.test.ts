import { describe, expect, it } from "vitest";
import { type Clock, sleep, VirtualClock, withTimeout } from "#kernel";
import type { LogEntry } from "../../src/http/log.ts";
import { type Ask, createLimitClient } from "../../src/limits/client.ts";
import type { PolicySet } from "../../src/limits/policy.ts";
import { seededDice } from "../support/random.ts";
import type { Use } from "./brute-force.ts";
import { fakeLimiters } from "./fake-limiters.ts";
import { policyOf } from "./policies.ts";
import { expectBound } from "./sequence.ts";

const demo: PolicySet = [policyOf()];

let ids = 0;

/** An isolate: a client with a memory of its own. */
function isolate(clock: Clock, { limiterFor }: Pick<ReturnType<typeof fakeLimiters>, "limiterFor">) {
  const logged: LogEntry[] = [];
  const client = createLimitClient({
    clock,
    limiterFor,
    makeId: () => `${(ids += 1)}`,
    log: (entry) => logged.push(entry),
  });
  const ask = async (changes: Partial<Ask> = {}) =>
    await client.ask({
      set: demo,
      key: "k",
      cost: 1,
      mode: "try",
      signal: new AbortController().signal,
      keepAlive: () => undefined,
      ...changes,
    });
  return { client, ask, logged };
}

function stage(latencyMs?: () => number) {
  const clock = new VirtualClock();
  const limiters = fakeLimiters(clock, latencyMs);
  return { clock, limiters, state: limiters.state, ...isolate(clock, limiters) };
}

describe("LimitClient", () => {
  it("starts 20 who wait at 0 ms five times and then every 200 ms, the last at 3 s", async () => {
    const { clock, ask } = stage(() => 0);
    const starts: number[] = [];
    const call = async () => {
      const answer = await ask({ mode: "wait" });
      expect(answer.allowed).toBe(true);
      starts.push(clock.now());
    };
    await clock.run(Promise.all(Array.from({ length: 20 }, call)));
    expect(starts).toEqual([0, 0, 0, 0, ...Array.from({ length: 16 }, (_, index) => index * 200)]);
  });

  it.each([
    ["stays in the queue", 6, 100],
    ["has a place reserved", 18, 100],
    ["came back for a reserved place", 18, 900],
  ])("lets everyone behind move up when one leaves who %s", async (_, leaver, atMs) => {
    const { clock, ask } = stage(() => 0);
    const abort = new AbortController();
    const starts: number[] = [];
    const calls = Array.from({ length: 20 }, async (__, index) => {
      const isLeaver = index + 1 === leaver;
      const kept: Promise<unknown>[] = [];
      const options = isLeaver
        ? { signal: abort.signal, keepAlive: (work: Promise<unknown>) => kept.push(work) }
        : {};
      const answer = ask({ mode: "wait", ...options });
      if (isLeaver) await expect(answer).rejects.toThrow("left");
      else starts.push(((await answer).allowed, clock.now()));
      await Promise.all(kept);
    });
    clock.setTimer(() => abort.abort(new Error("left")), atMs);
    await clock.run(Promise.all(calls));
    expect(starts).toHaveLength(19);
    expect(starts.at(-1)).toBe(2_800);
  });

  it("believes a denial for as long as it holds, and asks no one meanwhile", async () => {
    const { clock, ask, state } = stage(() => 0);
    await clock.run(ask({ cost: 5 }));
    expect(await clock.run(ask())).toMatchObject({ allowed: false, retryAfterMs: 200, reason: "exhausted" });
    const { calls } = state;
    await clock.advance(150);
    expect(await clock.run(ask())).toMatchObject({ allowed: false, retryAfterMs: 50 });
    expect(state.calls).toBe(calls);
    await clock.advance(50);
    expect((await clock.run(ask())).allowed).toBe(true);
  });

  it("does not take a large denial for a small one", async () => {
    const { clock, ask } = stage(() => 0);
    await clock.run(ask({ cost: 3 }));
    expect((await clock.run(ask({ cost: 3 }))).allowed).toBe(false);
    expect((await clock.run(ask({ cost: 2 }))).allowed).toBe(true);
  });

  it("serves many asks for a hot key from one call", async () => {
    const { clock, ask, state } = stage();
    const hot: PolicySet = [policyOf({ capacity: 100_000, refill: { tokens: 100_000, perMs: 1_000 } })];
    let allowed = 0;
    const spin = async () => {
      for (let count = 0; count < 2_000; count += 1) {
        if ((await ask({ set: hot, mode: "lease" })).allowed) allowed += 1;
        await sleep(1, undefined, clock);
      }
    };
    await clock.run(spin());
    expect(allowed).toBe(2_000);
    expect(state.calls).toBeLessThan(40);
  });

  it("takes nothing in advance for a key that is not hot, and returns what a hot one leaves", async () => {
    const { clock, ask, client } = stage();
    const set: PolicySet = [policyOf({ capacity: 1_000, refill: { tokens: 1, perMs: 86_400_000 } })];
    for (let count = 0; count < 5; count += 1) {
      await clock.run(ask({ set, mode: "lease" }));
      await clock.advance(1_000);
      expect((await clock.run(client.look(set, "k"))).held).toBe(0);
    }
    for (let count = 0; count < 20; count += 1) await clock.run(ask({ set, mode: "lease" }));
    expect((await clock.run(client.look(set, "k"))).held).toBeGreaterThan(0);
    await clock.advance(5_000);
    expect(await clock.run(client.look(set, "k"))).toMatchObject({
      held: 0,
      standings: [{ remaining: 975 }],
    });
  });

  it.each([1, 50])(
    "uses no more than the policy allows over any window, from %i isolates with leases",
    async (count) => {
      const dice = seededDice(count);
      const clock = new VirtualClock();
      const limiters = fakeLimiters(clock, () => dice.between(0, 3));
      const set: PolicySet = [policyOf({ capacity: 400, refill: { tokens: 1, perMs: 1 } })];
      const uses: Use[] = [];
      const spin = async () => {
        const { ask } = isolate(clock, limiters);
        const go = async () => {
          const { allowed } = await ask({ set, mode: dice.oneIn(5) ? "try" : "lease" });
          if (allowed) uses.push({ atMs: clock.now(), tokens: 1 });
        };
        for (let round = 1; round <= 5; round += 1) {
          // Busy enough for leases, then silent for long enough to fill the bucket, then all at once.
          for (let calls = 200 / count; calls > 0; calls -= 1) {
            await go();
            await sleep(1, undefined, clock);
          }
          await sleep(1_000 * round - 300 - clock.now() + dice.between(0, 5), undefined, clock);
          for (let calls = 800 / count; calls > 0; calls -= 1) await go();
          await sleep(1_000 * round - clock.now(), undefined, clock);
        }
      };
      await clock.run(Promise.all(Array.from({ length: count }, spin)));
      expect(uses.length).toBeGreaterThan(1_000);
      expectBound(set, uses);
    },
  );

  describe("when the limiter fails", () => {
    const overloaded = Object.assign(new Error("Durable Object is overloaded."), { overloaded: true });

    it.each([
      ["open", overloaded, true, "overloaded"],
      ["closed", overloaded, false, "overloaded"],
      ["open", new Error("Network connection lost."), true, "failed"],
    ] as const)(
      "is %s as the policy says, marks the answer and logs it",
      async (onFailure, error, allowed, outage) => {
        const { clock, ask, state, logged } = stage();
        state.fails = error;
        const set: PolicySet = [policyOf({ onFailure })];
        for (const mode of ["try", "lease", "wait"] as const) {
          expect(await clock.run(ask({ set, mode, key: mode }))).toMatchObject({
            allowed,
            unchecked: outage,
          });
        }
        expect(logged).toMatchObject([
          { event: "limit-unchecked", ok: false, policy: "demo", outage, allowed, count: 1 },
          {},
          { count: 3 },
        ]);
      },
    );

    it("is closed when one of several policies is", async () => {
      const { clock, ask, state } = stage();
      state.fails = overloaded;
      const set: PolicySet = [policyOf(), policyOf({ name: "daily", onFailure: "closed" })];
      expect(await clock.run(ask({ set }))).toMatchObject({ allowed: false, policy: "daily" });
    });

    it("leaves it alone for half a second, then asks again", async () => {
      const { clock, ask, state } = stage();
      state.fails = overloaded;
      await clock.run(ask());
      const { calls } = state;
      await clock.run(ask());
      expect(state.calls).toBe(calls);
      state.fails = undefined;
      await clock.advance(500);
      expect(await clock.run(ask())).not.toHaveProperty("unchecked");
    });

    it("does not take a caller's own limit of time for a failure", async () => {
      const { clock, ask, logged } = stage();
      await clock.run(ask({ cost: 5 }));
      const hurried = withTimeout(async (signal) => await ask({ mode: "wait", cost: 5, signal }), 100, {
        clock,
      });
      await expect(clock.run(hurried)).rejects.toThrow("Timed out after 100 ms");
      expect(logged).toEqual([]);
    });

    it("does not wait for one that is silent", async () => {
      const { clock, ask, state } = stage();
      state.isSilent = true;
      expect(await clock.run(ask())).toMatchObject({ allowed: true, unchecked: "silent" });
      expect(clock.now()).toBe(3_000);
    });
  });
});
