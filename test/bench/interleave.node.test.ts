import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interleave } from "../../bench/harness/interleave.ts";

const names = (rounds: readonly number[]) =>
  interleave(rounds)
    .map(({ round, contender }) => `${"ABC"[contender]}${round}`)
    .join(" ");

describe("interleave", () => {
  it("gives everyone a turn before anyone has the next", () => {
    expect(names([2, 2, 2])).toBe("A0 B0 C0 A1 B1 C1");
  });

  it("lets those with fewer rounds drop out", () => {
    expect(names([3, 1, 0])).toBe("A0 B0 A1 A2");
    expect(names([])).toBe("");
  });

  it("gives each contender its rounds, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6)), (rounds) => {
        const turns = interleave(rounds);
        for (const [contender, count] of rounds.entries()) {
          const own = turns.filter((turn) => turn.contender === contender).map(({ round }) => round);
          expect(own).toEqual(Array.from({ length: count }, (_, round) => round));
        }
      }),
    );
  });
});
