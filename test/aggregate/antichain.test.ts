import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heaviestAntichain } from "../../src/aggregate/antichain.ts";

interface Thing {
  readonly weight: number;
  /** The places of all that come before it. */
  readonly after: ReadonlySet<number>;
  readonly place: number;
}

const isBefore = (first: Thing, second: Thing) => second.after.has(first.place);
const heaviest = (things: readonly Thing[]) => heaviestAntichain(things, ({ weight }) => weight, isBefore);

/** Things in a random order, made transitive: each comes after some of the earlier ones and all before those. */
const orders = fc
  .array(fc.record({ weight: fc.nat(20), links: fc.array(fc.nat(7), { maxLength: 3 }) }), { maxLength: 8 })
  .map((drafts) => {
    const things: Thing[] = [];
    for (const [place, { weight, links }] of drafts.entries()) {
      const direct = things.filter((thing) => links.includes(thing.place));
      const after = new Set(direct.flatMap((thing) => [thing.place, ...thing.after]));
      things.push({ weight, after, place });
    }
    return things;
  });

/** The same by trying every set of things. */
function bruteForce(things: readonly Thing[]): number {
  const [first, ...rest] = things;
  if (first === undefined) return 0;
  const others = rest.filter((other) => !isBefore(first, other) && !isBefore(other, first));
  return Math.max(first.weight + bruteForce(others), bruteForce(rest));
}

describe("heaviestAntichain", () => {
  it("finds what trying every set finds, in any order", () => {
    const shuffled = orders.chain((things) =>
      fc.shuffledSubarray(things, { minLength: things.length, maxLength: things.length }),
    );
    fc.assert(
      fc.property(shuffled, (things) => {
        expect(heaviest(things)).toBe(bruteForce(things));
      }),
    );
  });

  it("takes no time to speak of where there are very many sets", () => {
    const pairs = Array.from({ length: 120 }, (_, place) => {
      const after = new Set(place % 2 === 1 ? [place - 1] : []);
      return { weight: 1 + (place % 2), after, place };
    });
    expect(heaviest(pairs)).toBe(120);
  });
});
