import { describe, expect, it } from "vitest";
import { type Entry, enterGate, type GateState, leaveGate, UNVISITED } from "../../src/crawl/gate.ts";

/** A gate with a memory. */
function gate() {
  let state: GateState = UNVISITED;
  return {
    enter: (who: string, nowMs: number): Entry => {
      const [next, entry] = enterGate(state, who, nowMs);
      state = next;
      return entry;
    },
    leave: (who: string, nowMs: number, pauseMs = 0, failures = 0) =>
      void (state = leaveGate(state, who, { pauseMs, failures }, nowMs)),
  };
}

const OPEN = { isOpen: true };
const SHUT = { isOpen: false, afterMs: 1_000 };

describe("a gate", () => {
  it("lets one in at a time", () => {
    const { enter, leave } = gate();
    expect(enter("a", 0)).toMatchObject(OPEN);
    expect(enter("b", 1)).toEqual(SHUT);
    expect(enter("a", 1)).toEqual(SHUT);
    leave("a", 2);
    expect(enter("b", 3)).toMatchObject(OPEN);
  });

  it("has those who wait go in the order in which they came", () => {
    const { enter, leave } = gate();
    enter("a", 0);
    enter("b", 1);
    enter("c", 2);
    enter("b", 1_001);
    leave("a", 1_500);
    expect(enter("a", 1_501)).toEqual(SHUT);
    expect(enter("c", 1_502)).toEqual(SHUT);
    expect(enter("b", 2_001)).toMatchObject(OPEN);
    leave("b", 2_002);
    expect(enter("b", 2_003)).toEqual(SHUT);
    expect(enter("c", 2_502)).toMatchObject(OPEN);
  });

  it("waits for nobody who does not come back", () => {
    const { enter, leave } = gate();
    enter("a", 0);
    enter("gone", 1);
    leave("a", 2);
    expect(enter("b", 15_000)).toEqual(SHUT);
    expect(enter("b", 15_001)).toMatchObject(OPEN);
  });

  it("says how long the host is to be left alone still, and sends away who would wait long", () => {
    const { enter, leave } = gate();
    enter("a", 0);
    leave("a", 1_000, 4_000, 2);
    expect(enter("b", 2_000)).toMatchObject({ isOpen: true, waitMs: 3_000, failures: 2 });
    leave("b", 5_000, 60_000);
    expect(enter("a", 6_000)).toEqual({ isOpen: false, afterMs: 59_000 });
    expect(enter("a", 65_000)).toMatchObject({ isOpen: true, waitMs: 0, failures: 0 });
  });

  it("opens after a minute when a visitor does not leave, and keeps to what that one says later", () => {
    const { enter, leave } = gate();
    enter("dead", 0);
    enter("b", 59_999);
    expect(enter("b", 60_000)).toMatchObject(OPEN);
    leave("dead", 60_001, 3_000);
    expect(enter("c", 60_002)).toEqual(SHUT);
    leave("b", 60_003, 100);
    expect(enter("c", 60_004)).toMatchObject({ isOpen: true, waitMs: 2_997 });
  });
});
