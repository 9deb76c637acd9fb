import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Limiter } from "../../src/limits/decision.ts";
import { costFault, createLimiter } from "../../src/limits/limiter.ts";
import type { PolicySet } from "../../src/limits/policy.ts";
import { policyOf } from "./policies.ts";

const demo: PolicySet = [policyOf()];

/** Lets time pass to the next turn, again and again; tells who went when. */
function drain(limiter: Limiter): [id: string, atMs: number][] {
  const turns: [string, number][] = [];
  for (let dueMs = limiter.dueMs(); dueMs !== undefined; dueMs = limiter.dueMs()) {
    const atMs = dueMs;
    limiter.advance(atMs);
    turns.push(...limiter.granted().map((id): [string, number] => [id, atMs]));
  }
  return turns;
}

/** Takes all there is. */
function emptied(set: PolicySet = demo): Limiter {
  const limiter = createLimiter(set, 0);
  while (limiter.tryTake(0, 1).state === "granted");
  return limiter;
}

describe("createLimiter", () => {
  it("starts 20 waiting calls at 0 ms five times and then every 200 ms, the last at 3 s", () => {
    const limiter = createLimiter(demo, 0);
    const starts: number[] = [];
    const away: { id: string; notBeforeMs: number }[] = [];
    for (let call = 1; call <= 20; call += 1) {
      const answer = limiter.wait(0, { id: `${call}`, cost: 1 });
      if (answer.state === "granted") starts.push(0);
      else if (answer.state === "reserved") away.push({ id: `${call}`, ...answer });
      else expect(answer.state).toBe("waiting");
    }
    // Whose wait is longer than 2 s goes away, and comes back in time.
    expect(away.map(({ notBeforeMs }) => notBeforeMs)).toEqual([2_200, 2_400, 2_600, 2_800, 3_000]);
    for (const { id, notBeforeMs } of away) {
      limiter.advance(notBeforeMs - 2_000);
      starts.push(...limiter.granted().map(() => notBeforeMs - 2_000));
      expect(limiter.claim(notBeforeMs - 2_000, id)).toEqual({ state: "waiting", dueMs: notBeforeMs });
    }
    starts.push(...drain(limiter).map(([, atMs]) => atMs));
    const everyFifth = Array.from({ length: 15 }, (_, index) => (index + 1) * 200);
    expect(starts).toEqual([0, 0, 0, 0, 0, ...everyFifth]);
  });

  it("is exact where a token takes a fraction of a millisecond: 7 every 3 ms", () => {
    const limiter = createLimiter([policyOf({ capacity: 7, refill: { tokens: 7, perMs: 3 } })], 0);
    let taken = 0;
    for (let nowMs = 0; nowMs < 3_000; nowMs += 1)
      while (limiter.tryTake(nowMs, 1).state === "granted") taken += 1;
    expect(taken).toBe(7 + Math.floor((2_999 * 7) / 3));
  });

  it("changes nothing when it denies, however often", () => {
    const limiter = emptied();
    for (let nowMs = 0; nowMs < 200; nowMs += 1) {
      expect(limiter.tryTake(nowMs, 1)).toMatchObject({ state: "denied", retryAfterMs: 200 - nowMs });
    }
    expect(limiter.tryTake(200, 1).state).toBe("granted");
  });

  it("takes from all policies or from none, and names the one that binds", () => {
    const daily = policyOf({ name: "daily", capacity: 7, refill: { tokens: 7, perMs: 86_400_000 } });
    const limiter = createLimiter([policyOf(), daily], 0);
    for (let call = 0; call < 5; call += 1) limiter.tryTake(0, 1);
    expect(limiter.tryTake(0, 1)).toMatchObject({ state: "denied", policy: "demo", retryAfterMs: 200 });
    for (let call = 0; call < 2; call += 1) limiter.tryTake(1_000, 1);
    expect(limiter.tryTake(1_000, 1)).toMatchObject({
      state: "denied",
      policy: "daily",
      standings: [
        { policy: "demo", remaining: 3 },
        { policy: "daily", remaining: 0 },
      ],
    });
    // What the day refused, the second still has.
    expect(limiter.look(1_000).standings).toMatchObject([{ remaining: 3 }, { remaining: 0 }]);
  });

  it("lets no try overtake those who wait, even for tokens that are there", () => {
    const limiter = createLimiter(demo, 0);
    limiter.tryTake(0, 4);
    expect(limiter.wait(0, { id: "large", cost: 3 })).toEqual({ state: "waiting", dueMs: 400 });
    expect(limiter.tryTake(0, 1)).toMatchObject({
      state: "denied",
      retryAfterMs: 600,
      standings: [{ remaining: 0 }],
    });
    expect(limiter.lease(0, { id: "lease", cost: 1, extra: 1, forMs: 100 }).state).toBe("denied");
    expect(drain(limiter)).toEqual([["large", 400]]);
  });

  it("moves everyone behind up when one who waits leaves", () => {
    const limiter = emptied();
    for (const id of ["a", "b", "c", "d"]) limiter.wait(0, { id, cost: 1 });
    expect(limiter.cancel(250, "b")).toBe(true);
    expect(limiter.cancel(250, "b")).toBe(false);
    expect(limiter.granted()).toEqual(["a"]);
    expect(drain(limiter)).toEqual([
      ["c", 400],
      ["d", 600],
    ]);
  });

  it("lets the next go at once when the one who held it up leaves", () => {
    const limiter = createLimiter(demo, 0);
    limiter.tryTake(0, 4);
    limiter.wait(0, { id: "large", cost: 5 });
    limiter.wait(0, { id: "small", cost: 1 });
    limiter.cancel(0, "large");
    expect(limiter.granted()).toEqual(["small"]);
  });

  it("keeps the order of arrival whoever leaves", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 })), fc.array(fc.nat(30)), (costs, leavers) => {
        const limiter = emptied();
        for (const [index, cost] of costs.entries())
          limiter.wait(0, { id: `${index}`, cost, maxWaitMs: 2_000 });
        for (const leaver of leavers) limiter.cancel(0, `${leaver}`);
        const order = drain(limiter).map(([id]) => Number(id));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
    );
  });

  it("says at once that a wait would be too long, or the queue is full", () => {
    const limiter = emptied([policyOf({ maxWaitMs: 500, maxWaiters: 2 })]);
    expect(limiter.wait(0, { id: "a", cost: 3 })).toMatchObject({ reason: "too-long", retryAfterMs: 600 });
    expect(limiter.wait(0, { id: "b", cost: 1, maxWaitMs: 199 })).toMatchObject({ reason: "too-long" });
    limiter.wait(0, { id: "c", cost: 1 });
    limiter.wait(0, { id: "d", cost: 1 });
    expect(limiter.wait(199, { id: "e", cost: 1 })).toMatchObject({
      reason: "queue-full",
      retryAfterMs: 401,
    });
  });

  describe("reservations", () => {
    const reserve = () => {
      const limiter = emptied();
      for (let call = 1; call <= 10; call += 1) limiter.wait(0, { id: `${call}`, cost: 1 });
      const answer = limiter.wait(0, { id: "far", cost: 1 });
      expect(answer).toEqual({ state: "reserved", notBeforeMs: 2_200, expiresMs: 7_200 });
      return limiter;
    };

    it("outlive those who stay, and are given once", () => {
      const limiter = createLimiter(demo, 0, reserve().save());
      expect(limiter.claim(2_200, "far")?.state).toBe("granted");
      expect(limiter.claim(2_200, "far")).toBeUndefined();
    });

    it.each([
      [7_200, "granted"],
      [7_201, undefined],
    ])("are kept for their holder until they expire: claimed at %i ms, %s", (atMs, state) => {
      expect(reserve().claim(atMs, "far")?.state).toBe(state);
    });

    it("expire by a clock that was set back meanwhile", () => {
      const limiter = reserve();
      limiter.advance(3_000); // its time has come
      limiter.advance(1_000);
      expect(createLimiter(demo, 1_000, limiter.save()).claim(5_200, "far")?.state).toBe("granted");
      expect(limiter.claim(5_201, "far")).toBeUndefined();
      const early = reserve();
      early.advance(1_000);
      early.advance(0);
      expect(early.claim(6_200, "far")?.state).toBe("granted");
      const late = reserve();
      late.advance(1_000);
      late.advance(0);
      expect(late.claim(6_201, "far")).toBeUndefined();
    });

    it("move up when their holders come back", () => {
      const limiter = reserve();
      for (const id of ["1", "2", "3"]) limiter.cancel(0, id);
      expect(limiter.claim(0, "far")).toEqual({ state: "waiting", dueMs: 1_600 });
    });

    it("hold back those behind them only as far as the policy demands", () => {
      const limiter = reserve();
      limiter.wait(500, { id: "behind", cost: 1 });
      for (let call = 3; call <= 10; call += 1) limiter.cancel(500, `${call}`);
      limiter.granted();
      // The holder is away and will go at 2,200 ms; nobody overtakes.
      expect(drain(limiter)).toEqual([["behind", 2_200]]);
    });

    it("give their tokens back when they are cancelled", () => {
      const limiter = reserve();
      for (let call = 1; call <= 10; call += 1) limiter.cancel(0, `${call}`);
      expect(limiter.cancel(0, "far")).toBe(true);
      expect(limiter.tryTake(200, 1).state).toBe("granted");
    });

    it("end with a policy whose capacity has become too small for them", () => {
      const limiter = emptied();
      limiter.wait(0, { id: "a", cost: 5, maxWaitMs: 1_000 });
      for (let call = 0; call < 2; call += 1) limiter.wait(0, { id: `far-${call}`, cost: 5 });
      const smaller = createLimiter([policyOf({ capacity: 4 })], 0, limiter.save());
      expect(smaller.look(0).waiting).toBe(0);
      expect(smaller.tryTake(200, 1).state).toBe("granted");
    });
  });

  describe("leases", () => {
    it("hand out no more than half of what is there", () => {
      const limiter = createLimiter([policyOf({ capacity: 100 })], 0);
      expect(limiter.lease(0, { id: "a", cost: 1, extra: 1_000, forMs: 500 })).toMatchObject({ extra: 49 });
      expect(limiter.lease(0, { id: "b", cost: 1, extra: 10, forMs: 500 })).toMatchObject({
        extra: 10,
        standings: [{ remaining: 39 }],
      });
    });

    it("keep their tokens out of the refill, so that late use is no overshoot", () => {
      const limiter = createLimiter([policyOf({ capacity: 9 })], 0);
      expect(limiter.lease(0, { id: "a", cost: 1, extra: 4, forMs: 2_000 })).toMatchObject({ extra: 4 });
      // The bucket has had time to fill, but four of its nine tokens are elsewhere.
      expect(limiter.look(1_999)).toMatchObject({ held: 4, standings: [{ remaining: 5 }] });
      expect(limiter.look(2_200)).toMatchObject({ held: 0, standings: [{ remaining: 6 }] });
    });

    it("take back no more than they gave", () => {
      const limiter = createLimiter([policyOf({ capacity: 100 })], 0);
      limiter.tryTake(0, 50);
      limiter.lease(0, { id: "a", cost: 1, extra: 5, forMs: 500 });
      limiter.giveBack(0, "a", 1_000);
      limiter.giveBack(0, "a", 5);
      expect(limiter.look(0).standings).toMatchObject([{ remaining: 49 }]);
    });
  });

  describe("what is kept", () => {
    it("does not refill a bucket", () => {
      const limiter = createLimiter(demo, 100, emptied().save());
      expect(limiter.tryTake(100, 1)).toMatchObject({ state: "denied", retryAfterMs: 100 });
    });

    it("locks nobody out when the clock was set back an hour, and refills nothing", () => {
      const saved = createLimiter(demo, 3_600_000);
      saved.tryTake(3_600_000, 5);
      for (const limiter of [saved, createLimiter(demo, 0, saved.save())]) {
        expect(limiter.tryTake(0, 1)).toMatchObject({ state: "denied", retryAfterMs: 200 });
        expect(limiter.tryTake(200, 1).state).toBe("granted");
      }
    });

    it.each([
      ["a faster refill", { refill: { tokens: 10, perMs: 1_000 } }, 0, 100],
      ["a smaller capacity", { capacity: 2 }, 0, 200],
      ["a larger capacity", { capacity: 8 }, 3, 0],
    ])("goes on under %s", (_, changes, remaining, retryAfterMs) => {
      const limiter = createLimiter([policyOf(changes)], 0, emptied().save());
      expect(limiter.look(0).standings).toMatchObject([{ remaining }]);
      const answer = limiter.tryTake(0, 1);
      expect(answer.state === "denied" ? answer.retryAfterMs : 0).toBe(retryAfterMs);
    });

    it("can be forgotten as soon as all is full again", () => {
      const limiter = createLimiter(demo, 0);
      limiter.tryTake(0, 3);
      expect(limiter.idleAtMs()).toBe(600);
      limiter.lease(0, { id: "a", cost: 1, extra: 1, forMs: 10 });
      expect(limiter.idleAtMs()).toBe(800);
      for (let call = 0; call < 12; call += 1) limiter.wait(0, { id: `${call}`, cost: 1 });
      expect(limiter.idleAtMs()).toBe(3_200);
    });
  });
});

describe("costFault", () => {
  it("names the policy that can never pay", () => {
    const set: PolicySet = [policyOf({ name: "daily", capacity: 100 }), policyOf()];
    expect(costFault(set, 6)).toBe("expected `cost` to be at most 5, the capacity of `demo`, got 6");
    expect(costFault(set, 5)).toBeUndefined();
  });
});
