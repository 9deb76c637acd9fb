import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLedger } from "../../../bench/chat/load/ledger.ts";

const NONE = { lost: 0, duplicated: 0, reordered: 0 };

/** What a ledger says after clients got messages in these orders, a whole order after the other. */
function judge(orders: readonly (readonly number[])[], sent: number, senders = sent) {
  const ledger = createLedger(orders.length, sent, (message) => message % senders);
  for (const [client, order] of orders.entries()) {
    for (const message of order) ledger.deliver(client, message);
  }
  return ledger.faultsOf([...orders.keys()], sent);
}

describe("createLedger", () => {
  it("finds nothing wrong where all got the same in one order, whichever it is", () => {
    const permutation = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
    fc.assert(
      fc.property(permutation, fc.infiniteStream(fc.boolean()), (order, isFirsts) => {
        const ledger = createLedger(2, 8, (message) => message);
        const places = [0, 0];
        while (places.some((place) => place < 8)) {
          const client = isFirsts.next().value && (places[0] ?? 8) < 8 ? 0 : (places[1] ?? 8) < 8 ? 1 : 0;
          const place = places[client] ?? 0;
          ledger.deliver(client, order[place] ?? 0);
          places[client] = place + 1;
        }
        expect(ledger.faultsOf([0, 1], 8)).toEqual(NONE);
      }),
    );
  });

  it.each([
    {
      what: "the last",
      orders: [
        [0, 1, 2],
        [0, 1],
      ],
    },
    {
      what: "one between",
      orders: [
        [0, 1, 2],
        [0, 2],
      ],
    },
    {
      what: "the first",
      orders: [
        [0, 1, 2],
        [1, 2],
      ],
    },
  ])("counts $what as lost where only one client has it", ({ orders }) => {
    expect(judge(orders, 3)).toEqual({ ...NONE, lost: 1 });
  });

  it("counts what nobody got as lost to each", () => {
    expect(
      judge(
        [
          [0, 2],
          [0, 2],
        ],
        3,
      ),
    ).toEqual({ ...NONE, lost: 2 });
  });

  it("counts each time that something comes again", () => {
    expect(
      judge(
        [
          [0, 1],
          [0, 0, 1, 0, 1],
        ],
        2,
      ),
    ).toEqual({ ...NONE, duplicated: 3 });
  });

  it("counts what comes after its turn, and not as lost", () => {
    expect(
      judge(
        [
          [0, 1, 2],
          [0, 2, 1],
        ],
        3,
      ),
    ).toEqual({ ...NONE, reordered: 1 });
  });

  it("counts a sender's message that overtakes its earlier one, though all agree", () => {
    expect(
      judge(
        [
          [1, 0],
          [1, 0],
        ],
        2,
        1,
      ),
    ).toEqual({ ...NONE, reordered: 1 });
    expect(
      judge(
        [
          [1, 0],
          [1, 0],
        ],
        2,
        2,
      ),
    ).toEqual(NONE);
  });

  it("says whether a delivery is the first, and who has what", () => {
    const ledger = createLedger(2, 3, () => 0);
    expect([0, 1, 2, 1].map((message) => ledger.deliver(0, message))).toEqual([true, true, true, false]);
    expect(ledger.deliver(1, 2)).toBe(true);
    expect([0, 1, 2].map((message) => ledger.has(1, message))).toEqual([false, false, true]);
    expect(ledger.missesOf(1, [0, 1])).toBe(1);
    expect(ledger.placeOf(1)).toBe(3);
    expect(ledger.deliver(1, 0)).toBe(true);
    expect(ledger.has(1, 0)).toBe(true);
  });

  it("refuses a message that was never sent", () => {
    expect(() => createLedger(1, 3, () => 0).deliver(0, 3)).toThrow("Expected a message below 3, got 3");
  });
});
