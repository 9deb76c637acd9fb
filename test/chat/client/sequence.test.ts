import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSequence } from "../../../src/chat/client/sequence.ts";
import type { Message } from "../../../src/chat/wire.ts";

const message = (seq: number): Message => ({ seq, uid: "u", name: "Ada", text: `text ${seq}`, ts: seq });
const numbers = (messages: readonly Message[]) => messages.map(({ seq }) => seq);
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe("createSequence", () => {
  it("brings every message once and in order, whatever the order and number of arrivals", () => {
    const arrivals = fc
      .integer({ min: 1, max: 40 })
      .chain((last) =>
        fc.tuple(
          fc.constant(last),
          fc.shuffledSubarray(oneTo(last), { minLength: last }),
          fc.array(fc.integer({ min: 1, max: last })),
        ),
      );
    fc.assert(
      fc.property(arrivals, ([last, order, repeated]) => {
        const sequence = createSequence(0);
        const read = [...repeated, ...order, ...repeated].flatMap((seq) =>
          numbers(sequence.take([message(seq)])),
        );
        expect(read).toEqual(oneTo(last));
        expect(sequence.hole).toBeUndefined();
      }),
    );
  });

  it("says what is missing before what it holds, and then what the log is known to have", () => {
    const sequence = createSequence(10);
    sequence.reach(20);
    expect(sequence.hole).toEqual({ from: 11, to: 20 });
    expect(sequence.take([message(15)])).toEqual([]);
    expect(sequence.hole).toEqual({ from: 11, to: 14 });
    expect(numbers(sequence.take([11, 12, 13, 14].map(message)))).toEqual([11, 12, 13, 14, 15]);
    expect(sequence.hole).toEqual({ from: 16, to: 20 });
  });

  it("goes on with what it holds when it is told to skip", () => {
    const sequence = createSequence(0);
    sequence.take([3, 4, 6].map(message));
    expect(numbers(sequence.skipTo(3))).toEqual([4]);
    expect(sequence.seq).toBe(4);
    expect(sequence.hole).toEqual({ from: 5, to: 5 });
  });

  it("holds a bounded number, and counts the others as missing", () => {
    const sequence = createSequence(0);
    sequence.take(Array.from({ length: 2_000 }, (_, index) => message(index + 2)));
    const [first] = [sequence.take([message(1)])];
    expect(first.length).toBeLessThan(600);
    expect(sequence.hole).toEqual({ from: first.length + 1, to: 2_001 });
  });
});
