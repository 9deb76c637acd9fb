import { describe, expect, it } from "vitest";
import { type CancelSignal, every, sleep, VirtualClock } from "#kernel";

describe("every", () => {
  it("waits the delay after each run, so that runs never overlap, until it is aborted", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const beats: string[] = [];
    const beat = async (signal: CancelSignal) => {
      beats.push(`starts ${clock.now()}`);
      await sleep(25, signal, clock);
      beats.push(`ends ${clock.now()}`);
    };
    const beating = every(10, beat, abort.signal, { clock }).catch((error: unknown) => error);
    await clock.advance(80);
    abort.abort();
    expect(await beating).toBe(abort.signal.reason);
    expect(beats).toEqual(["starts 10", "ends 35", "starts 45", "ends 70", "starts 80"]);
    expect(clock.pending).toBe(0);
  });

  it("refuses a delay that is no duration", async () => {
    const { signal } = new AbortController();
    await expect(every(Number.NaN, async () => undefined, signal)).rejects.toThrow("Expected `ms`");
  });

  it("ends with the failure of a run", async () => {
    const clock = new VirtualClock();
    const failure = new Error("no pulse");
    const beating = every(10, async () => await Promise.reject(failure), new AbortController().signal, {
      clock,
    });
    await expect(clock.run(beating)).rejects.toBe(failure);
  });
});
