import { describe, expect, it } from "vitest";
import { createRoster } from "../../companion/roster.ts";
import fc from "fast-check";

describe("createRoster", () => {
  it("holds what was added and not taken off, from old to new, as a list would", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (steps) => {
        const roster = createRoster<number>();
        const model: { readonly value: number; readonly leave: () => void }[] = [];
        for (const [value, step] of steps.entries()) {
          if (step % 2 === 0) model.push({ value, leave: roster.add(value) });
          else for (const { leave } of model.splice(step % (model.length + 1), 1)) leave();
          expect(roster.all()).toEqual(model.map((one) => one.value));
          expect(roster.size).toBe(model.length);
        }
      }),
    );
  });

  it("takes one off once, whatever it is told after that", () => {
    const roster = createRoster<string>();
    roster.add("first");
    const leave = roster.add("second");
    roster.add("third");
    leave();
    leave();
    expect(roster.all()).toEqual(["first", "third"]);
    expect(roster.size).toBe(2);
  });
});
