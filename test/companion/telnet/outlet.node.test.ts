import { describe, expect, it } from "vitest";
import { VirtualClock } from "#kernel";
import { createOutlet } from "../../../companion/telnet/outlet.ts";

/** A way to a terminal that takes so many texts, and then none until it is drained. */
function slow(takes: number) {
  const clock = new VirtualClock();
  const shown: string[] = [];
  let room = takes;
  let isStuck = false;
  const outlet = createOutlet({
    write(text) {
      shown.push(text);
      return (room -= 1) > 0;
    },
    clock,
    skipped: (count) => `${count} skipped`,
    onStuck: () => (isStuck = true),
  });
  const drain = () => {
    room = takes;
    outlet.drained();
  };
  return { clock, outlet, shown, drain, isStuck: () => isStuck };
}

describe("createOutlet", () => {
  it("lets its reader wait while the terminal has no room", async () => {
    const { clock, outlet, drain } = slow(2);
    outlet.say("a");
    await outlet.ready();
    outlet.say("b");
    let isReady = false;
    void outlet.ready().then(() => (isReady = true));
    await clock.advance(4_999);
    expect([outlet.isFull, isReady]).toEqual([true, false]);
    drain();
    await clock.advance(0);
    expect([outlet.isFull, isReady]).toEqual([false, true]);
  });

  it("skips what comes after five seconds of that, and says how much", async () => {
    const { clock, outlet, shown, drain } = slow(1);
    outlet.say("a");
    await clock.advance(5_000);
    for (const text of ["b", "c"]) {
      await outlet.ready();
      outlet.say(text);
    }
    expect(shown).toEqual(["a"]);
    drain();
    expect(shown).toEqual(["a", "2 skipped\r\n"]);
    drain();
    outlet.say("d");
    expect(shown.at(-1)).toBe("d");
  });

  it("gives a terminal up that takes nothing for a minute", async () => {
    const { clock, outlet, isStuck } = slow(1);
    outlet.say("a");
    await clock.advance(59_999);
    expect(isStuck()).toBe(false);
    await clock.advance(1);
    expect(isStuck()).toBe(true);
  });

  it("leaves no timer when the terminal is gone", () => {
    const { clock, outlet } = slow(1);
    outlet.say("a");
    outlet[Symbol.dispose]();
    expect(clock.pending).toBe(0);
  });
});
