import { describe, expect, it } from "vitest";
import { createStallBook } from "../../../companion/stalls/report.ts";

describe("createStallBook", () => {
  it("keeps the last ones, with what comes to be known of them", () => {
    const book = createStallBook(2);
    for (const stall of [1, 2, 3]) book.note({ t: "stalled", stall, atMs: stall, forMs: 100 });
    book.note({ t: "stack", stall: 3, stack: ["at f (x.ts:1:1)"], isLate: false });
    book.note({ t: "ended", stall: 2, afterMs: 150 });
    book.note({ t: "ended", stall: 1, afterMs: 150 });
    expect(book.list()).toEqual([
      { atMs: 2, forMs: 150, isOver: true, stack: [], isLate: false },
      { atMs: 3, forMs: 100, isOver: false, stack: ["at f (x.ts:1:1)"], isLate: false },
    ]);
  });
});
