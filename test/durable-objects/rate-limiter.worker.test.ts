import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { systemClock } from "#kernel";
import { createLimitClient, type LimitClient } from "../../src/limits/client.ts";
import { openLimiters } from "../../src/limiters.ts";
import type { PolicySet } from "../../src/limits/policy.ts";
import { policyOf } from "../limits/policies.ts";

/** Comes back so slowly that nothing does while a test runs. */
const daily: PolicySet = [policyOf({ refill: { tokens: 1, perMs: 86_400_000 }, maxWaitMs: 10 * 86_400_000 })];
/** Is full again before anybody can look. */
const instant: PolicySet = [policyOf({ refill: { tokens: 1_000_000, perMs: 1 } })];

let count = 0;

/** A limiter that nobody has used. */
function fresh() {
  const name = `test-${(count += 1)}`;
  const object = env.RATE_LIMITERS.getByName(name);
  return { object, limiter: openLimiters(env.RATE_LIMITERS)(name) };
}

const staying = () => new AbortController().signal;

const wish = (id: string, set = daily) => ({ set, request: { id, cost: 1 }, returns: false });

describe("RateLimiter", () => {
  it("gives what there is, and no more", async () => {
    const { limiter } = fresh();
    const answers = await Promise.all(Array.from({ length: 20 }, () => limiter.take(daily, 1)));
    expect(answers.filter(({ state }) => state === "granted")).toHaveLength(5);
    expect(answers.at(-1)).toMatchObject({ policy: "demo", standings: [{ remaining: 0 }] });
  });

  it("does not refill a bucket when it is evicted", async () => {
    const { object, limiter } = fresh();
    await limiter.take(daily, 3);
    await limiter.lease(daily, { id: "lease", cost: 1, extra: 1, forMs: 60_000 });
    await evictDurableObject(object);
    expect(await limiter.look(daily)).toMatchObject({ standings: [{ remaining: 1 }] });
    expect(await limiter.take(daily, 2)).toMatchObject({ state: "denied" });
  });

  it("keeps a reserved place when it is evicted, and gives it up when it is cancelled", async () => {
    const { object, limiter } = fresh();
    await limiter.take(daily, 5);
    expect(await limiter.wait(wish("far"), staying())).toMatchObject({ state: "reserved" });
    await evictDurableObject(object);
    expect((await limiter.look(daily)).waiting).toBe(1);
    expect(await limiter.wait({ ...wish("far"), returns: true }, staying())).toMatchObject({
      state: "reserved",
    });
    await limiter.cancel(daily, "far");
    expect((await limiter.look(daily)).waiting).toBe(0);
  });

  it("lets those who wait go in order", async () => {
    const { limiter } = fresh();
    const quick: PolicySet = [policyOf({ capacity: 1, refill: { tokens: 1, perMs: 20 } })];
    await limiter.take(quick, 1);
    const order: string[] = [];
    const wait = async (id: string) => {
      expect((await limiter.wait(wish(id, quick), staying())).state).toBe("granted");
      order.push(id);
    };
    await Promise.all(["a", "b", "c", "d"].map(wait));
    expect(order).toEqual(["a", "b", "c", "d"]);
  });

  it("gives ten isolates no more than there is, with leases", async () => {
    const set: PolicySet = [policyOf({ ...daily[0], capacity: 200 })];
    const kept: Promise<unknown>[] = [];
    const key = `leased-${(count += 1)}`;
    const isolates = Array.from({ length: 10 }, () =>
      createLimitClient({
        clock: systemClock,
        limiterFor: openLimiters(env.RATE_LIMITERS),
        makeId: () => crypto.randomUUID(),
        log: () => undefined,
      }),
    );
    const go = async (client: LimitClient) => {
      let allowed = 0;
      for (let asks = 0; asks < 60; asks += 1) {
        const keepAlive = (work: Promise<unknown>) => void kept.push(work);
        const ask = { set, key, cost: 1, mode: "lease", signal: staying(), keepAlive } as const;
        const answer = await client.ask(ask);
        expect(answer.unchecked).toBeUndefined();
        if (answer.allowed) allowed += 1;
      }
      return allowed;
    };
    const used = (await Promise.all(isolates.map(go))).reduce((sum, allowed) => sum + allowed, 0);
    // What is left of the leases comes back; a renewal is a lease as well.
    for (const work of kept) await work;
    const look = async () => await openLimiters(env.RATE_LIMITERS)(`demo:${key}`).look(set);
    // A lease that is used up ends by itself.
    await vi.waitFor(async () => expect((await look()).held).toBe(0), { timeout: 10_000 });
    expect(used + ((await look()).standings[0]?.remaining ?? 0)).toBe(200);
    expect(used).toBeGreaterThan(100);
    // Some were served from leases, or there would be none to come back.
    expect(kept.length).toBeGreaterThan(0);
  });

  it("deletes a full bucket when its alarm comes, and only then", async () => {
    const { object, limiter } = fresh();
    const stored = async () =>
      await runInDurableObject(object, (_, { storage }) => [...storage.kv.list()].length);
    await limiter.take(daily, 1);
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await stored()).toBe(1);
    // It is armed again.
    expect(await runDurableObjectAlarm(object)).toBe(true);

    const other = fresh();
    await other.limiter.take(instant, 1);
    await other.limiter.look(instant);
    expect(await runDurableObjectAlarm(other.object)).toBe(true);
    expect(await runInDurableObject(other.object, (_, { storage }) => [...storage.kv.list()])).toEqual([]);
    expect(await runDurableObjectAlarm(other.object)).toBe(false);
    expect(await other.limiter.take(instant, 5)).toMatchObject({ state: "granted" });
  });

  it("stores nothing for who is only looked at or denied", async () => {
    const { object, limiter } = fresh();
    await limiter.look(daily);
    expect(await runInDurableObject(object, (_, { storage }) => [...storage.kv.list()])).toEqual([]);
    expect(await runDurableObjectAlarm(object)).toBe(false);
  });

  it("goes on under a policy that a deploy has changed", async () => {
    const { limiter } = fresh();
    await limiter.take(daily, 4);
    const larger: PolicySet = [policyOf({ ...daily[0], capacity: 10 })];
    expect(await limiter.look(larger)).toMatchObject({ standings: [{ remaining: 6 }] });
    expect(await limiter.take(larger, 6)).toMatchObject({ state: "granted" });
  });
});
