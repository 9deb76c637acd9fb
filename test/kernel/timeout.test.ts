import { describe, expect, it } from "vitest";
import { type CancelSignal, sleep, suppressed, TimeoutError, VirtualClock, withTimeout } from "#kernel";

describe("withTimeout", () => {
  it("returns what the task returns in time", async () => {
    const clock = new VirtualClock();
    expect(await clock.run(withTimeout(async () => "in time", 10, { clock }))).toBe("in time");
    expect(clock.pending).toBe(0);
  });

  it("aborts the task, waits for its clean-up and throws the limit", async () => {
    const clock = new VirtualClock();
    const slow = async (signal: CancelSignal) => {
      await sleep(100, signal, clock).finally(async () => await sleep(5, undefined, clock));
    };
    const error = await clock.run(withTimeout(slow, 10, { clock })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ message: "Timed out after 10 ms", limitMs: 10, name: "TimeoutError" });
    expect(clock.now()).toBe(15);
  });

  it("keeps a failure of the clean-up beside the timeout", async () => {
    const clock = new VirtualClock();
    const failure = new Error("clean-up failed");
    const slow = async (signal: CancelSignal) => {
      await sleep(100, signal, clock).catch(async () => await Promise.reject(failure));
    };
    const error = await clock.run(withTimeout(slow, 10, { clock })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(suppressed(error)).toEqual([failure]);
  });

  it("throws for a task that ignores its signal, and releases its late result", async () => {
    const clock = new VirtualClock();
    let released = 0;
    const deaf = async () => {
      await sleep(100, undefined, clock);
      return { [Symbol.dispose]: () => void (released += 1) };
    };
    await expect(clock.run(withTimeout(deaf, 10, { clock }))).rejects.toBeInstanceOf(TimeoutError);
    expect({ released, atMs: clock.now() }).toEqual({ released: 1, atMs: 100 });
  });

  it.each([
    [5, 10, 5],
    [10, 5, 5],
  ])("nests: of %i ms around %i ms, %i is thrown", async (outer, inner, thrown) => {
    const clock = new VirtualClock();
    const nested = withTimeout(
      async (signal) =>
        await withTimeout(async (innermost) => await sleep(100, innermost, clock), inner, { signal, clock }),
      outer,
      { clock },
    );
    await expect(clock.run(nested)).rejects.toMatchObject({ limitMs: thrown });
    expect(clock.now()).toBe(thrown);
  });

  it.each([-1, Number.NaN, Infinity])("refuses a limit of %d", async (ms) => {
    await expect(withTimeout(async () => undefined, ms)).rejects.toThrow(
      `Expected \`ms\` to be a number of milliseconds ≥ 0, got ${ms}`,
    );
  });
});
