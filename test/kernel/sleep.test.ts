import { afterEach, describe, expect, it, vi } from "vitest";
import { sleep, systemClock, VirtualClock } from "#kernel";

describe("sleep", () => {
  it("resolves after its time", async () => {
    const clock = new VirtualClock();
    await clock.run(sleep(1_234, undefined, clock));
    expect(clock.now()).toBe(1_234);
  });

  it.each([-1, Number.NaN, Infinity])("refuses %d ms", async (ms) => {
    await expect(sleep(ms)).rejects.toThrow(`Expected \`ms\` to be a number of milliseconds ≥ 0, got ${ms}`);
  });
});

describe("systemClock", () => {
  afterEach(() => void vi.useRealTimers());

  it("waits longer than the platform's longest timer, and can be stopped on the way", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const monthMs = 30 * 24 * 3_600_000;
    let fired = 0;
    systemClock.setTimer(() => (fired += 1), monthMs);
    const stop = systemClock.setTimer(() => (fired += 1), monthMs);
    vi.advanceTimersByTime(monthMs - 1);
    expect(fired).toBe(0);
    stop();
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
