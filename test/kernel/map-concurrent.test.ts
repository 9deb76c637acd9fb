import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CancelSignal, mapConcurrent, sleep, suppressed, VirtualClock } from "#kernel";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Waits as many milliseconds as the item says, and counts how many do. */
function worker(clock: VirtualClock) {
  const load = { now: 0, most: 0 };
  const work = async (ms: number, signal: CancelSignal) => {
    load.now += 1;
    load.most = Math.max(load.most, load.now);
    await sleep(ms, signal, clock).finally(() => (load.now -= 1));
    return ms;
  };
  return { load, work };
}

describe("mapConcurrent", () => {
  it("keeps the order of the source, at most `limit` at once", async () => {
    const clock = new VirtualClock();
    const { load, work } = worker(clock);
    const results = await clock.run(collect(mapConcurrent([30, 10, 20, 10], 2, work, { clock })));
    expect(results).toEqual([30, 10, 20, 10]);
    expect(load).toEqual({ now: 0, most: 2 });
  });

  it("hands results on as they complete when order does not matter", async () => {
    const clock = new VirtualClock();
    const { work } = worker(clock);
    const unordered = mapConcurrent([30, 10, 20], 3, work, { clock, ordered: false });
    expect(await clock.run(collect(unordered))).toEqual([10, 20, 30]);
  });

  it("does not take from the source what the consumer is not ready for", async () => {
    const clock = new VirtualClock();
    let taken = 0;
    function* endless() {
      for (;;) {
        taken += 1;
        yield 1;
      }
    }
    const results = mapConcurrent(endless(), 3, worker(clock).work, { clock });
    await clock.run(results.next());
    await clock.advance(1_000);
    expect(taken).toBe(4);
    await results.return();
  });

  it("takes the next item while the consumer works on a result", async () => {
    const clock = new VirtualClock();
    const { work } = worker(clock);
    const consuming = async () => {
      for await (const _ of mapConcurrent([10, 10, 10], 1, work, { clock }))
        await sleep(10, undefined, clock);
    };
    await clock.run(consuming());
    expect(clock.now()).toBe(40);
  });

  it("aborts and awaits what runs when the loop is left, and closes the source", async () => {
    const clock = new VirtualClock();
    const { load, work } = worker(clock);
    let isClosed = false;
    const source = async function* () {
      try {
        yield* [10, 1_000, 1_000];
      } finally {
        isClosed = true;
      }
    };
    const consuming = async () => {
      for await (const result of mapConcurrent(source(), 3, work, { clock })) if (result === 10) break;
    };
    await clock.run(consuming());
    expect({ now: load.now, isClosed, atMs: clock.now(), timers: clock.pending }).toEqual({
      now: 0,
      isClosed: true,
      atMs: 10,
      timers: 0,
    });
  });

  it("throws the first failure after the others have cleaned up", async () => {
    const clock = new VirtualClock();
    const failure = new Error("item 2 failed");
    let cleanedUpMs = 0;
    const work = async (item: number, signal: CancelSignal) => {
      if (item === 2) throw failure;
      await sleep(1_000, signal, clock).finally(async () => {
        await sleep(5, undefined, clock);
        cleanedUpMs = clock.now();
      });
    };
    await expect(clock.run(collect(mapConcurrent([1, 2, 3], 2, work, { clock })))).rejects.toBe(failure);
    expect(cleanedUpMs).toBe(5);
  });

  it("throws a failure of the source", async () => {
    const failure = new Error("source failed");
    const source = async function* () {
      yield 1;
      throw failure;
    };
    await expect(collect(mapConcurrent(source(), 2, async (item) => item))).rejects.toBe(failure);
  });

  it("gives a waiting source the signal, so that leaving does not wait for it", async () => {
    const clock = new VirtualClock();
    const source = async function* (signal: CancelSignal) {
      yield 1;
      await sleep(1_000_000, signal, clock);
    };
    const consuming = async () => {
      for await (const _ of mapConcurrent(source, 2, async (item) => item)) break;
    };
    await clock.run(consuming());
    expect(clock.now()).toBe(0);
  });

  it("releases results that nobody takes", async () => {
    const released: number[] = [];
    const open = async (item: number) => ({ item, [Symbol.dispose]: () => void released.push(item) });
    const results = mapConcurrent([1, 2, 3], 3, open);
    expect((await results.next()).value).toMatchObject({ item: 1 });
    await sleep(0);
    await results.return();
    expect(released).toEqual([2, 3]);
  });

  it("refuses a limit of 0 before anything runs", () => {
    expect(() => mapConcurrent([], 0, async () => 1)).toThrow("Expected `limit` to be an integer ≥ 1, got 0");
  });

  it("maps every item once, for any durations, limits and orders of completion", async () => {
    const picks = fc.infiniteStream(fc.nat({ max: 1_000 }));
    const durations = fc.array(fc.nat({ max: 5 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        durations,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        picks,
        async (items, limit, ordered, choices) => {
          const clock = new VirtualClock((count) => (choices.next().value ?? 0) % count);
          const { load, work } = worker(clock);
          const results = await clock.run(collect(mapConcurrent(items, limit, work, { clock, ordered })));
          const inOrder = (list: readonly number[]) => (ordered ? list : list.toSorted((a, b) => a - b));
          expect(inOrder(results)).toEqual(inOrder(items));
          expect(load.most).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("waits for what runs, and keeps its failure, when a source cannot be closed", async () => {
    const broken: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => await Promise.resolve({ done: false, value: 1 }),
        return() {
          throw new Error("it cannot be closed");
        },
      }),
    };
    const failure = new Error("item failed");
    const failing = async () => await Promise.reject(failure);
    await expect(collect(mapConcurrent(broken, 1, failing))).rejects.toBe(failure);
    expect(suppressed(failure)).toMatchObject([{ message: "it cannot be closed" }]);
  });
});
