import { describe, expect, it } from "vitest";
import { createPublisher, firstBatch } from "../../src/work/outbox.ts";

const rows = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("firstBatch", () => {
  it.each([
    ["nothing", 0, 30, 0],
    ["what there is", 7, 30, 7],
    ["a hundred messages at most", 250, 30, 100],
    ["256 kB at most", 100, 10_000, 25],
    ["one that is too large, alone", 3, 300_000, 1],
  ])("takes %s", (_, count, sizeBytes, expected) => {
    expect(firstBatch(rows(count), () => sizeBytes)).toEqual(rows(expected));
  });
});

/** A publisher over a queue that takes what it is told to. */
function stage(waiting: number[]) {
  const sent: (readonly number[])[] = [];
  const refused: unknown[] = [];
  const state = { nowMs: 0, refuses: 0, during: () => {} };
  const publisher = createPublisher<number>(
    {
      waiting: (most) => waiting.slice(0, most),
      sizeBytes: () => 26,
      async send(batch) {
        await Promise.resolve();
        if (state.refuses > 0) {
          state.refuses -= 1;
          throw new Error("Too Many Requests");
        }
        sent.push(batch);
        state.during();
      },
      sent: (batch) => void waiting.splice(0, batch.length),
      refused: (error) => void refused.push(error),
    },
    { now: () => state.nowMs, random: () => 0.5, backoff: { baseMs: 1_000, capMs: 3_000 } },
  );
  return { publisher, sent, refused, state, waiting };
}

describe("createPublisher", () => {
  it("sends everything in order, in batches, once", async () => {
    const { publisher, sent, waiting } = stage(rows(230));
    await Promise.all([publisher.publish(), publisher.publish()]);
    expect(sent.map((batch) => batch.length)).toEqual([100, 100, 30]);
    expect(sent.flat()).toEqual(rows(230));
    expect(waiting).toEqual([]);
  });

  it("sends what is added while it sends", async () => {
    const { publisher, sent, state, waiting } = stage([1]);
    state.during = () => {
      state.during = () => {};
      waiting.push(2);
      void publisher.publish();
    };
    await publisher.publish();
    expect(sent).toEqual([[1], [2]]);
  });

  it("sends what is added in the very turn in which it ends", async () => {
    const { publisher, sent, waiting } = stage([1]);
    const again = publisher.publish().then(async () => {
      waiting.push(2);
      await publisher.publish();
    });
    await again;
    expect(sent).toEqual([[1], [2]]);
  });

  it("keeps what is refused, pauses ever longer, and sends it in the end", async () => {
    const { publisher, sent, refused, state, waiting } = stage([1]);
    state.refuses = 3;
    const pauses = [];
    for (let round = 0; round < 3; round += 1) {
      await publisher.publish();
      pauses.push(publisher.readyMs() - state.nowMs);
      await publisher.publish(); // too early
      state.nowMs = publisher.readyMs();
    }
    expect(pauses).toEqual([500, 1_000, 1_500]);
    expect([refused.length, sent, waiting]).toEqual([3, [], [1]]);
    await publisher.publish();
    expect([sent, waiting]).toEqual([[[1]], []]);
  });
});
