import { describe, expect, it } from "vitest";
import { type CancelSignal, firstSuccess, sleep, suppressed, VirtualClock } from "#kernel";

/** Tasks that note when they start and how they end. */
function contenders(clock: VirtualClock) {
  const log: string[] = [];
  const contender = (name: string, ms: number, failure?: Error) => async (signal: CancelSignal) => {
    log.push(`${name} starts at ${clock.now()}`);
    try {
      await sleep(ms, signal, clock);
    } catch (error) {
      await sleep(1, undefined, clock);
      log.push(`${name} aborted, gone at ${clock.now()}`);
      throw error;
    }
    if (failure !== undefined) throw failure;
    return name;
  };
  return { log, contender };
}

describe("firstSuccess", () => {
  it("returns the first to succeed, and only after the losers are gone", async () => {
    const clock = new VirtualClock();
    const { log, contender } = contenders(clock);
    const outcome = firstSuccess([contender("a", 30), contender("b", 10), contender("c", 20)], { clock });
    expect(await clock.run(outcome)).toBe("b");
    expect(log).toEqual([
      "a starts at 0",
      "b starts at 0",
      "c starts at 0",
      "a aborted, gone at 11",
      "c aborted, gone at 11",
    ]);
  });

  it("does not count failures as long as one succeeds", async () => {
    const clock = new VirtualClock();
    const { contender } = contenders(clock);
    const tasks = [contender("a", 5, new Error("a failed")), contender("b", 10)];
    expect(await clock.run(firstSuccess(tasks, { clock }))).toBe("b");
  });

  it("starts the next after the stagger, or at once after a failure", async () => {
    const clock = new VirtualClock();
    const { log, contender } = contenders(clock);
    const tasks = [
      contender("a", 500),
      contender("b", 20, new Error("b failed")),
      contender("c", 300),
      contender("d", 10),
    ];
    expect(await clock.run(firstSuccess(tasks, { clock, staggerMs: 100 }))).toBe("d");
    expect(log).toEqual([
      "a starts at 0",
      "b starts at 100",
      "c starts at 120",
      "d starts at 220",
      "a aborted, gone at 231",
      "c aborted, gone at 231",
    ]);
    expect(clock.pending).toBe(0);
  });

  it("starts nobody else when the first succeeds within the stagger", async () => {
    const clock = new VirtualClock();
    const { log, contender } = contenders(clock);
    await clock.run(firstSuccess([contender("a", 10), contender("b", 10)], { clock, staggerMs: 50 }));
    expect(log).toEqual(["a starts at 0"]);
  });

  it("lists every cause in the order of the tasks when all fail", async () => {
    const clock = new VirtualClock();
    const { contender } = contenders(clock);
    const causes = [new Error("a failed"), new Error("b failed"), new Error("c failed")];
    const tasks = [
      contender("a", 30, causes[0]),
      contender("b", 10, causes[1]),
      contender("c", 20, causes[2]),
    ];
    const error = await clock.run(firstSuccess(tasks, { clock })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ message: "All 3 tasks failed", errors: causes });
  });

  it("releases the result of a loser that succeeded too late", async () => {
    const clock = new VirtualClock();
    const released: string[] = [];
    const open = (name: string, ms: number) => async () => {
      await sleep(ms, undefined, clock);
      return { name, [Symbol.dispose]: () => void released.push(name) };
    };
    const winner = await clock.run(firstSuccess([open("slow", 20), open("fast", 10)], { clock }));
    expect(winner.name).toBe("fast");
    expect(released).toEqual(["slow"]);
  });

  it("refuses a stagger that is no duration", async () => {
    await expect(firstSuccess([async () => 1], { staggerMs: -1 })).rejects.toThrow("Expected `staggerMs`");
  });

  it("refuses an empty list", async () => {
    await expect(firstSuccess([])).rejects.toThrow("Expected `tasks` to hold at least one task, got none");
  });

  it("keeps what failed before an abort beside its reason", async () => {
    const clock = new VirtualClock();
    const { contender } = contenders(clock);
    const abort = new AbortController();
    const reason = new Error("client gone");
    const failure = new Error("b failed");
    const tasks = [contender("a", 100), contender("b", 10, failure)];
    const outcome = firstSuccess(tasks, { clock, signal: abort.signal }).catch((e: unknown) => e);
    await clock.advance(20);
    abort.abort(reason);
    expect(await clock.run(outcome)).toBe(reason);
    expect(suppressed(reason)).toEqual([failure]);
  });
});
