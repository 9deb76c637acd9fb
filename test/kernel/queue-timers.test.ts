import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Clock, queueTimers, VirtualClock } from "#kernel";

/** Sets timers that note when they were called. */
function noting(clock: Clock) {
  const called: [name: string, atMs: number][] = [];
  const set = (name: string, ms: number) => clock.setTimer(() => called.push([name, clock.now()]), ms);
  return { called, set };
}

describe("queueTimers", () => {
  it("calls each timer at its time, those of one instant in the order in which they were set", async () => {
    const clock = new VirtualClock();
    const { called, set } = noting(queueTimers(clock));
    set("late", 30);
    set("early", 10);
    set("as early", 10);
    await clock.advance(100);
    expect(called).toEqual([
      ["early", 10],
      ["as early", 10],
      ["late", 30],
    ]);
  });

  it("takes one timer of the clock for all, and none when nothing is left to wait for", async () => {
    const clock = new VirtualClock();
    const { set } = noting(queueTimers(clock));
    const cancels = [set("a", 30), set("b", 10), set("c", 20)];
    expect(clock.pending).toBe(1);
    for (const cancel of cancels) cancel();
    expect(clock.pending).toBe(0);
    set("d", 5);
    await clock.advance(5);
    expect(clock.pending).toBe(0);
  });

  it("lets a callback cancel another that is due at the same time", async () => {
    const clock = new VirtualClock();
    const queue = queueTimers(clock);
    const { called, set } = noting(queue);
    queue.setTimer(() => cancel(), 10);
    const cancel = set("cancelled", 10);
    set("kept", 10);
    await clock.advance(10);
    expect(called).toEqual([["kept", 10]]);
  });

  it("leaves what a callback sets for the same instant to a turn of its own", () => {
    const { clock, fire } = manualClock();
    const queue = queueTimers(clock);
    let turns = 0;
    const again = () => {
      turns += 1;
      if (turns < 5) queue.setTimer(again, 0);
    };
    queue.setTimer(again, 0);
    fire(0);
    expect(turns).toBe(1);
    fire(0);
    expect(turns).toBe(2);
  });

  it("goes on with the others when a callback throws", () => {
    const { clock, fire } = manualClock();
    const queue = queueTimers(clock);
    const { called, set } = noting(queue);
    queue.setTimer(() => {
      throw new Error("broken");
    }, 10);
    set("as early", 10);
    set("next", 20);
    expect(() => fire(10)).toThrow("broken");
    fire(10);
    fire(20);
    expect(called).toEqual([
      ["as early", 10],
      ["next", 20],
    ]);
  });

  it("takes the clock's word that the time has come when its reading is a little short", () => {
    const { clock, fire } = manualClock();
    const { called, set } = noting(queueTimers(clock));
    set("due", 10);
    fire(9.9);
    expect(called).toEqual([["due", 9.9]]);
  });

  it("does what the clock itself would do, for any timers set and cancelled at any time", async () => {
    const step = fc.record({
      name: fc.string(),
      ms: fc.integer({ min: 1, max: 20 }),
      thenMs: fc.integer({ min: 0, max: 10 }),
      cancels: fc.nat(10),
    });
    const play = async (
      steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
      queued: boolean,
    ) => {
      const clock = new VirtualClock();
      const { called, set } = noting(queued ? queueTimers(clock) : clock);
      const cancels: (() => void)[] = [];
      for (const { name, ms, thenMs, cancels: index } of steps) {
        cancels.push(set(name, ms));
        cancels[index]?.();
        await clock.advance(thenMs);
      }
      await clock.advance(100);
      return { called, pending: clock.pending };
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        expect(await play(steps, true)).toEqual(await play(steps, false));
      }),
    );
  });
});

/** A clock that is moved by hand, to a time that need not be the one its timer was set for. */
function manualClock() {
  let nowMs = 0;
  let timer: (() => void) | undefined;
  const clock: Clock = {
    now: () => nowMs,
    setTimer(callback) {
      timer = callback;
      return () => (timer = undefined);
    },
  };
  const fire = (atMs: number) => {
    nowMs = atMs;
    const callback = timer;
    timer = undefined;
    callback?.();
  };
  return { clock, fire };
}
