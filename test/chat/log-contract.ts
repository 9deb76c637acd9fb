import { describe, expect, it } from "vitest";
import type { Entry, Log } from "../../src/chat/log.ts";

const entryOf = (seq: number, ts = seq * 100): Entry => ({
  seq,
  uid: "u",
  name: "ann",
  text: `text ${seq} 🦊`,
  ts,
  id: `id-${seq}`,
});

/** What a room relies on, of whatever keeps its log. */
export function describeLog(
  name: string,
  /** Lends an empty log, and opens it again as a room does after an eviction. */
  withLog: (use: (log: Log, reopen: () => Log) => void) => Promise<void>,
): void {
  describe(`${name}, as a log`, () => {
    it("begins empty", async () => {
      await withLog((log) => {
        expect(log.last()).toBe(0);
        expect(log.oldest()).toBeUndefined();
        expect(log.oldestIdMs()).toBeUndefined();
        expect(log.range(1, 10)).toEqual([]);
        expect(log.find("u", "id-1")).toBeUndefined();
      });
    });

    it("keeps what was appended, and its name, when it is opened again", async () => {
      await withLog((log, reopen) => {
        log.append([entryOf(1), entryOf(2)]);
        log.append([entryOf(3)]);
        for (const one of [log, reopen()]) {
          expect(one.epoch).toBe(log.epoch);
          expect(one.last()).toBe(3);
          expect(one.oldest()).toEqual({ seq: 1, ts: 100 });
          expect(one.oldestIdMs()).toBe(100);
          expect(one.range(2, 3)).toEqual([2, 3].map((seq) => ({ ...entryOf(seq), id: undefined })));
          expect(one.range(-5, 1).map(({ seq }) => seq)).toEqual([1]);
          expect(one.find("u", "id-2")).toEqual({ seq: 2, ts: 200 });
          expect(one.find("v", "id-2")).toBeUndefined();
        }
      });
    });

    it("appends all or nothing", async () => {
      await withLog((log, reopen) => {
        log.append([entryOf(1)]);
        expect(() => log.append([entryOf(2), entryOf(1)])).toThrow(/UNIQUE|Expected the numbers/);
        expect(reopen().last()).toBe(1);
        expect(reopen().find("u", "id-2")).toBeUndefined();
      });
    });

    it("finds the last message of an id that was used again", async () => {
      await withLog((log) => {
        log.append([entryOf(1), { ...entryOf(2), id: "id-1" }]);
        expect(log.find("u", "id-1")).toEqual({ seq: 2, ts: 200 });
      });
    });

    it("lets go by number, by age, and of ids, and never counts anew", async () => {
      await withLog((log, reopen) => {
        log.append([1, 2, 3, 4, 5].map((seq) => entryOf(seq)));
        log.trim({ seq: 2, ms: 0, idsMs: 0 });
        expect(log.oldest()?.seq).toBe(2);
        log.trim({ seq: 0, ms: 400, idsMs: 300 });
        expect(log.oldest()?.seq).toBe(4);
        expect(log.oldestIdMs()).toBe(300);
        log.trim({ seq: 0, ms: 10_000, idsMs: 10_000 });
        expect(log.range(1, 5)).toEqual([]);
        expect(log.oldestIdMs()).toBeUndefined();
        expect(reopen().last()).toBe(5);
        log.append([entryOf(6)]);
        expect(reopen().last()).toBe(6);
      });
    });

    it("has no holes when the clock has jumped back", async () => {
      await withLog((log) => {
        log.append([entryOf(1, 500), entryOf(2, 100), entryOf(3, 600)]);
        log.trim({ seq: 0, ms: 300, idsMs: 0 });
        expect(log.range(1, 3).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      });
    });
  });
}
