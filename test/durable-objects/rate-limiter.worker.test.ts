import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
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
