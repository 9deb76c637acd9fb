import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAGE_BYTES, readHistory } from "../../src/chat/history.ts";
import { memoryLog } from "./memory-log.ts";

/** A log of so many messages, of which retention has left those from a number on. */
function logOf(count: number, oldest = 1, text = "x") {
  const log = memoryLog();
  for (let seq = 1; seq <= count; seq += 1) {
    log.append([{ seq, uid: "u", name: "ann", text, ts: seq, id: String(seq) }]);
  }
  log.trim({ seq: oldest, ms: 0, idsMs: 0 });
  return log;
}

const page = (log: ReturnType<typeof logOf>, query: Parameters<typeof readHistory>[1]) => {
  const { items, more } = readHistory(log, query);
  return [items.map(({ seq }) => seq), more];
};

describe("readHistory", () => {
  it.each([
    ["the last ones", {}, [[8, 9, 10], true]],
    ["those before", { before: 8 }, [[5, 6, 7], true]],
    ["the first ones that are kept", { before: 6 }, [[3, 4, 5], false]],
    ["fewer than it was asked for", { before: 5 }, [[3, 4], false]],
    ["nothing before the first", { before: 3 }, [[], false]],
    ["nothing before what retention took", { before: 1 }, [[], false]],
    ["nothing before nothing", { before: 0 }, [[], false]],
    ["the last ones, before what is not yet said", { before: 1_000 }, [[8, 9, 10], true]],
    ["those after", { after: 4 }, [[5, 6, 7], true]],
    ["the first ones that are kept, after what retention took", { after: 0 }, [[3, 4, 5], true]],
    ["the last ones, after the ones before", { after: 7 }, [[8, 9, 10], false]],
    ["nothing after the last", { after: 10 }, [[], false]],
    ["nothing after what is not yet said", { after: Number.MAX_SAFE_INTEGER }, [[], false]],
  ])("gives %s", (_, query, expected) => {
    expect(page(logOf(10, 3), { limit: 3, ...query })).toEqual(expected);
  });

  it.each([0, 5])("has nothing, and nothing more, where %i messages were said and none is kept", (count) => {
    for (const query of [{}, { before: 3 }, { after: 0 }]) {
      expect(page(logOf(count, count + 1), query)).toEqual([[], false]);
    }
  });

  it("gives a hundred at most, and fifty where nobody says how many", () => {
    expect(readHistory(logOf(200), { limit: 1_000 }).items).toHaveLength(100);
    expect(readHistory(logOf(200), {}).items).toHaveLength(50);
  });

  it.each([{ before: 41 }, { after: 0 }])("gives no more bytes than a page has, from %o", (query) => {
    const { items, more } = readHistory(logOf(40, 1, "x".repeat(4_096)), query);
    expect(more).toBe(true);
    expect(items.length).toBeGreaterThan(20);
    expect(JSON.stringify(items).length).toBeLessThan(PAGE_BYTES + items.length + 2);
    expect(items.at(0)?.seq === 1 || items.at(-1)?.seq === 40).toBe(true);
  });

  it("gives one message, however large", () => {
    expect(page(logOf(2, 1, "x".repeat(PAGE_BYTES)), {})).toEqual([[2], true]);
  });

  it("gives everything once to who follows its pages, from either end", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.integer({ min: 1, max: 7 }), (count, gone, limit) => {
        const log = logOf(count, gone + 1);
        const all = Array.from({ length: Math.max(0, count - gone) }, (_, index) => gone + 1 + index);
        const up: number[] = [];
        for (let more = true; more;) {
          const read = readHistory(log, { after: up.at(-1) ?? 0, limit });
          up.push(...read.items.map(({ seq }) => seq));
          ({ more } = read);
        }
        const down: number[] = [];
        for (let more = true; more;) {
          const before = down[0];
          const read = readHistory(log, { ...(before !== undefined && { before }), limit });
          down.unshift(...read.items.map(({ seq }) => seq));
          ({ more } = read);
        }
        expect([up, down]).toEqual([all, all]);
      }),
    );
  });
});
