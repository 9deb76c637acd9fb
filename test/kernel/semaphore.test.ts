import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Semaphore, sleep, VirtualClock } from "#kernel";
import { everyInterleaving, inAnyOrder } from "../support/interleavings.ts";

describe("Semaphore", () => {
  it("serves first come, first served", async () => {
    const semaphore = new Semaphore(1);
    const order: number[] = [];
    const held = await semaphore.acquire();
    const clients = [1, 2, 3].map(async (client) => {
      using _permit = await semaphore.acquire();
      order.push(client);
    });
    expect(semaphore.waiting).toBe(3);
    held[Symbol.dispose]();
    await Promise.all(clients);
    expect(order).toEqual([1, 2, 3]);
    expect(semaphore.available).toBe(1);
  });

  it("lets no small request overtake a large one", async () => {
    const semaphore = new Semaphore(3);
    const order: string[] = [];
    const held = await semaphore.acquire(undefined, 2);
    const large = semaphore.acquire(undefined, 3).then((permit) => {
      order.push("large");
      permit[Symbol.dispose]();
    });
    const small = semaphore.acquire().then(() => order.push("small"));
    expect(semaphore.tryAcquire()).toBeUndefined();
    held[Symbol.dispose]();
    await Promise.all([large, small]);
    expect(order).toEqual(["large", "small"]);
  });

  it("moves those behind up when the head leaves", async () => {
    const semaphore = new Semaphore(2);
    using _held = await semaphore.acquire();
    const abort = new AbortController();
    const large = semaphore.acquire(abort.signal, 2).catch((error: unknown) => error);
    const small = semaphore.acquire();
    abort.abort(new Error("left"));
    expect(await large).toMatchObject({ message: "left" });
    expect((await small).weight).toBe(1);
  });

  it("takes a permit back once", async () => {
    const semaphore = new Semaphore(1);
    const permit = await semaphore.acquire();
    permit[Symbol.dispose]();
    permit[Symbol.dispose]();
    expect(semaphore.available).toBe(1);
  });

  it.each([
    [() => new Semaphore(0), "Expected `permits` to be an integer ≥ 1, got 0"],
    [() => new Semaphore(1.5), "Expected `permits` to be an integer ≥ 1, got 1.5"],
    [() => new Semaphore(2).tryAcquire(3), "Expected `weight` to be an integer from 1 to 2, got 3"],
  ])("refuses what cannot be (%#)", (build, message) => {
    expect(build).toThrow(message);
  });

  it("loses no permit in any interleaving of acquire, abort and release", async () => {
    const runs = await everyInterleaving(async (pick) => {
      const semaphore = new Semaphore(2);
      const held = await semaphore.acquire(undefined, 2);
      const aborts = [new AbortController(), new AbortController()];
      const outcomes: Promise<string>[] = [];
      const acquire = (abort: AbortController, weight: number) => () => {
        const outcome = semaphore.acquire(abort.signal, weight).then(
          (permit) => {
            permit[Symbol.dispose]();
            return "got it";
          },
          () => "left",
        );
        outcomes.push(outcome);
      };
      await inAnyOrder(pick, [
        acquire(aborts[0] as AbortController, 2),
        acquire(aborts[1] as AbortController, 1),
        () => aborts[0]?.abort(),
        () => held[Symbol.dispose](),
      ]);
      const [, second] = await Promise.all(outcomes);
      expect(outcomes).toHaveLength(2);
      expect(second).toBeDefined();
      expect({ available: semaphore.available, waiting: semaphore.waiting }).toEqual({
        available: 2,
        waiting: 0,
      });
    });
    expect(runs).toBe(24 * 16);
  });

  it("never grants more than there is, nor out of turn, for any clients at any times", async () => {
    const client = fc.record({
      arriveMs: fc.nat({ max: 4 }),
      weight: fc.integer({ min: 1, max: 3 }),
      holdMs: fc.nat({ max: 4 }),
      leaveMs: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
    });
    const picks = fc.infiniteStream(fc.nat({ max: 1_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(client, { maxLength: 8 }), picks, async (clients, choices) => {
        const clock = new VirtualClock((count) => (choices.next().value ?? 0) % count);
        const semaphore = new Semaphore(3);
        let held = 0;
        const arrived: number[] = [];
        const granted: number[] = [];
        const left = new Set<number>();
        const run = async ({ arriveMs, weight, holdMs, leaveMs }: (typeof clients)[number], id: number) => {
          const abort = new AbortController();
          if (leaveMs !== undefined) clock.setTimer(() => abort.abort(), leaveMs);
          await sleep(arriveMs, undefined, clock);
          try {
            arrived.push(id);
            using _permit = await semaphore.acquire(abort.signal, weight);
            granted.push(id);
            held += weight;
            expect(held).toBeLessThanOrEqual(3);
            await sleep(holdMs, undefined, clock);
            held -= weight;
          } catch (error) {
            expect(error).toBe(abort.signal.reason);
            left.add(id);
          }
        };
        await clock.run(Promise.all(clients.map(run)));
        expect(semaphore.available).toBe(3);
        expect(semaphore.waiting).toBe(0);
        expect(granted).toEqual(arrived.filter((id) => !left.has(id)));
      }),
      { numRuns: 300 },
    );
  });
});
