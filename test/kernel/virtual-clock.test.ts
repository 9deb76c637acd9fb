import { describe, expect, it } from "vitest";
import { DeadlockError, sleep, VirtualClock } from "#kernel";

describe("VirtualClock", () => {
  it("runs timers in order of time, each with all it sets off before the next", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const say = async (ms: number, words: string) => {
      await sleep(ms, undefined, clock);
      for (let step = 0; step < 100; step += 1) await Promise.resolve();
      log.push(`${words} at ${clock.now()}`);
    };
    await clock.run(Promise.all([say(20, "c"), say(10, "a"), say(10, "b")]));
    expect(log).toEqual(["a at 10", "b at 10", "c at 20"]);
  });

  it("chooses among timers of one instant as it is told", async () => {
    const clock = new VirtualClock((count) => count - 1);
    const log: string[] = [];
    for (const name of ["a", "b", "c"]) clock.setTimer(() => log.push(name), 10);
    await clock.advance(10);
    expect(log).toEqual(["c", "b", "a"]);
  });

  it("moves to the end of an advance and leaves later timers set", async () => {
    const clock = new VirtualClock();
    clock.setTimer(() => undefined, 100);
    await clock.advance(40);
    expect({ now: clock.now(), pending: clock.pending }).toEqual({ now: 40, pending: 1 });
  });

  it("reports a deadlock", async () => {
    const clock = new VirtualClock();
    const stuck = sleep(10, undefined, clock).then(async () => await new Promise(() => undefined));
    const error = await clock.run(stuck).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error).toMatchObject({ message: expect.stringContaining("Deadlock at 10 ms") as string });
  });

  it("throws what the promise rejects with", async () => {
    await expect(new VirtualClock().run(Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  });
});
