import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNegotiation } from "../../../companion/telnet/negotiation.ts";

const [WILL, WONT, DO, DONT] = [251, 252, 253, 254] as const;
const [ECHO, GO_AHEAD, TIMING_MARK] = [1, 3, 6];

describe("createNegotiation", () => {
  it.each<[string, [251 | 252 | 253 | 254, number][], (number[] | undefined)[]]>([
    [
      "refuses what it does not know",
      [
        [DO, ECHO],
        [WILL, ECHO],
      ],
      [
        [WONT, ECHO],
        [DONT, ECHO],
      ],
    ],
    [
      "says nothing to a no that is so already",
      [
        [DONT, ECHO],
        [WONT, ECHO],
      ],
      [undefined, undefined],
    ],
    [
      "agrees once",
      [
        [DO, GO_AHEAD],
        [DO, GO_AHEAD],
        [WILL, GO_AHEAD],
        [WILL, GO_AHEAD],
      ],
      [[WILL, GO_AHEAD], undefined, [DO, GO_AHEAD], undefined],
    ],
    [
      "lets go once",
      [
        [DO, GO_AHEAD],
        [DONT, GO_AHEAD],
        [DONT, GO_AHEAD],
      ],
      [[WILL, GO_AHEAD], [WONT, GO_AHEAD], undefined],
    ],
    [
      "sets a mark each time",
      [
        [DO, TIMING_MARK],
        [DO, TIMING_MARK],
      ],
      [
        [WILL, TIMING_MARK],
        [WILL, TIMING_MARK],
      ],
    ],
  ])("%s", (_, requests, answers) => {
    const negotiate = createNegotiation();
    const given = requests.map(([verb, option]) => negotiate(verb, option));
    expect(given.map((answer) => answer && [...answer.subarray(1)])).toEqual(answers);
  });

  it("comes to an end with another of its kind, whatever begins it", () => {
    fc.assert(
      fc.property(fc.constantFrom(WILL, WONT, DO, DONT), fc.constantFrom(ECHO, GO_AHEAD), (verb, option) => {
        const sides = [createNegotiation(), createNegotiation()] as const;
        let said: Buffer | undefined = Buffer.from([255, verb, option]);
        let turns = 0;
        for (; said !== undefined && turns < 10; turns += 1)
          said = sides[turns % 2 === 0 ? 0 : 1](said[1] as typeof verb, said[2] ?? 0);
        expect(turns).toBeLessThan(5);
      }),
    );
  });
});
