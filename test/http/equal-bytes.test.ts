import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes, equalInTurn } from "../../src/http/equal-bytes.ts";

describe.each([
  ["equalBytes", equalBytes],
  ["equalInTurn", equalInTurn],
])("%s", (_, isEqual) => {
  it("finds bytes equal when they are, and only then", () => {
    const few = fc.array(fc.nat({ max: 1 }), { maxLength: 4 }).map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(few, few, (one, other) => {
        expect(isEqual(one, other)).toBe(String(one) === String(other));
        expect(isEqual(one, one.slice())).toBe(true);
      }),
    );
  });

  it.each([0, 15, 31])("sees one bit of difference in byte %i", (place) => {
    const one = new Uint8Array(32).fill(7);
    expect(isEqual(one, one.with(place, 6))).toBe(false);
  });
});
