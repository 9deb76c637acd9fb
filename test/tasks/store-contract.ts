import { describe, expect, it } from "vitest";
import { NEVER, type TaskRow } from "../../src/tasks/row.ts";
import type { TaskStore } from "../../src/tasks/store.ts";

/** A queued task of the type `t`, but for what is said. */
export const rowOf = (id: string, rest: Partial<TaskRow> = {}): TaskRow => ({
  id,
  type: "t",
  state: "queued",
  wakeMs: 0,
  createdMs: 0,
  dueMs: 0,
  attempt: 0,
  lost: 0,
  fence: 0,
  version: 1,
  events: [{ version: 1, atMs: 0, what: "queued" }],
  ...rest,
});
const idsOf = (rows: readonly TaskRow[]) => rows.map(({ id }) => id);

/** What a ledger relies on, of whatever keeps its rows. */
export function describeTasks(
  name: string,
  /** Lends an empty store, and opens it again as a shard does after an eviction. */
  withStore: (use: (store: TaskStore, reopen: () => TaskStore) => void) => Promise<void>,
): void {
  describe(`${name}, as a store of tasks`, () => {
    it("keeps rows as they were put, with their texts, until they are removed", async () => {
      await withStore((store, reopen) => {
        const row = rowOf("a", { record: { part: [1] }, wakeMs: NEVER });
        store.put(rowOf("a"));
        store.put(row);
        store.put(rowOf("b", { slot: "s", group: "g", wakeMs: 7 }));
        store.putText("a", "payload", "{}");
        store.putText("a", "result", "1");
        store.putText("a", "result", "2 🦊");
        for (const one of [reopen(), store]) {
          expect(one.row("a")).toEqual(row);
          expect(one.row("b")).toMatchObject({ slot: "s", group: "g", wakeMs: 7 });
          expect(idsOf(one.rows(["b", "x", "a"])).toSorted()).toEqual(["a", "b"]);
          expect([one.text("a", "payload"), one.text("a", "result")]).toEqual(["{}", "2 🦊"]);
          expect([...one.texts(["a", "b"], "payload")]).toEqual([["a", "{}"]]);
        }
        store.remove("a");
        expect([store.row("a"), store.text("a", "payload"), store.text("a", "result")]).toEqual(
          Array.from({ length: 3 }),
        );
      });
    });

    it("writes all of a transaction, or nothing when it throws", async () => {
      await withStore((store, reopen) => {
        expect(store.transact(() => (store.put(rowOf("a")), "done"))).toBe("done");
        const fault = new Error("no");
        const run = () =>
          store.transact(() => {
            store.put(rowOf("a", { state: "running" }));
            store.put(rowOf("b"));
            store.putText("b", "payload", "{}");
            store.putKey("k", { fingerprint: "f", id: "b", untilMs: 1 });
            store.putGroup({ id: "g", createdMs: 0, total: 1 });
            store.putType("t", { paused: true });
            throw fault;
          });
        expect(run).toThrow(fault);
        for (const one of [store, reopen()]) {
          expect(one.row("a")?.state).toBe("queued");
          expect([one.row("b"), one.text("b", "payload"), one.key("k"), one.group("g")]).toEqual(
            Array.from({ length: 4 }),
          );
          expect(one.type("t")).toEqual({ paused: false });
        }
      });
    });

    it("writes hundreds of rows in one transaction, which sees its own", async () => {
      await withStore((store, reopen) => {
        const ids = Array.from({ length: 250 }, (_, nth) => `${1_000 + nth}`);
        store.transact(() => {
          for (const id of ids) {
            store.put(rowOf(id));
            store.putText(id, "payload", `of ${id}`);
          }
          store.put(rowOf("1007", { state: "running", wakeMs: 30, slot: "s" }));
          expect(store.row("1007")?.state).toBe("running");
          expect(store.text("1249", "payload")).toBe("of 1249");
          expect(store.running("s")).toBe(1);
          expect(store.nextWakes()).toEqual({ outboxMs: 0, timerMs: 30 });
          store.remove("1008");
          store.postpone(["1009"], 0, 9);
          store.put(rowOf("1010", { state: "dead" }));
        });
        for (const one of [store, reopen()]) {
          expect(idsOf(one.list({ most: 500 })).toReversed()).toEqual(ids.filter((id) => id !== "1008"));
          expect(one.texts(ids, "payload").size).toBe(249);
          expect(one.row("1009")?.wakeMs).toBe(9);
          expect(idsOf(one.list({ state: "dead", most: 9 }))).toEqual(["1010"]);
          expect(idsOf(one.list({ state: "running", before: "1008", most: 9 }))).toEqual(["1007"]);
        }
      });
    });

    it("finds what is to be published and what wakes, the longest due first", async () => {
      await withStore((store) => {
        expect(store.nextWakes()).toEqual({ outboxMs: NEVER, timerMs: NEVER });
        store.put(rowOf("c", { wakeMs: 10 }));
        store.put(rowOf("b", { wakeMs: 10 }));
        store.put(rowOf("a", { wakeMs: 20 }));
        store.put(rowOf("d", { wakeMs: NEVER }));
        store.put(rowOf("e", { state: "scheduled", wakeMs: 15 }));
        store.put(rowOf("f", { state: "running", wakeMs: 5 }));
        expect(idsOf(store.outbox(20, 9))).toEqual(["b", "c", "a"]);
        expect(idsOf(store.outbox(19, 1))).toEqual(["b"]);
        expect(idsOf(store.timers(15, 9))).toEqual(["f", "e"]);
        expect(store.nextWakes()).toEqual({ outboxMs: 10, timerMs: 5 });
        // Those of them that wake by then.
        store.postpone(["b", "a", "d", "e"], 10, 100);
        expect(idsOf(store.outbox(100, 9))).toEqual(["c", "a", "b"]);
        expect([store.published(20, 9), store.published(10, 1), store.published(10, 9)]).toEqual([1, 1, 2]);
        store.hasten(30);
        expect(idsOf(store.outbox(30, 9))).toEqual(["c", "a", "b"]);
        expect(store.row("d")?.wakeMs).toBe(NEVER);
      });
    });

    it("counts who runs in a slot, and finds who waits for it, and wakes who waits for its type", async () => {
      await withStore((store) => {
        store.put(rowOf("a", { slot: "s", state: "running" }));
        store.put(rowOf("b", { slot: "s", wakeMs: NEVER }));
        store.put(rowOf("c", { slot: "s", wakeMs: NEVER }));
        store.put(rowOf("d", { slot: "other", wakeMs: NEVER }));
        store.put(rowOf("e", { slot: "s", wakeMs: 5 }));
        expect([store.running("s"), store.running("other")]).toEqual([1, 0]);
        expect(idsOf(store.held("s", 1))).toEqual(["b"]);
        expect(idsOf(store.held("s", 9))).toEqual(["b", "c"]);
        store.put(rowOf("f", { type: "other", wakeMs: NEVER }));
        store.put(rowOf("g", { state: "scheduled", wakeMs: NEVER }));
        store.wakeHeld("t", 3);
        expect(idsOf(store.held("s", 9))).toEqual([]);
        expect(idsOf(store.outbox(3, 9))).toEqual(["b", "c", "d"]);
        expect(store.row("b")).toEqual(rowOf("b", { slot: "s", wakeMs: 3 }));
        expect(["f", "g"].map((id) => store.row(id)?.wakeMs)).toEqual([NEVER, NEVER]);
      });
    });

    it("lists the newest first, and counts", async () => {
      await withStore((store) => {
        store.put(rowOf("a", { state: "dead" }));
        store.put(rowOf("b", { type: "u" }));
        store.put(rowOf("c", { state: "dead" }));
        expect(idsOf(store.list({ most: 2 }))).toEqual(["c", "b"]);
        expect(idsOf(store.list({ before: "c", most: 9 }))).toEqual(["b", "a"]);
        expect(idsOf(store.list({ state: "dead", type: "t", most: 9 }))).toEqual(["c", "a"]);
        expect(store.counts()).toEqual(
          expect.arrayContaining([
            { type: "t", state: "dead", count: 2 },
            { type: "u", state: "queued", count: 1 },
          ]),
        );
      });
    });

    it("knows who of a group has not ended", async () => {
      await withStore((store, reopen) => {
        const group = { id: "g", createdMs: 1, total: 2, next: { id: "n", type: "t", payload: "{}" } };
        store.putGroup({ id: "g", createdMs: 0, total: 2 });
        store.putGroup(group);
        store.put(rowOf("a", { group: "g", state: "running" }));
        store.put(rowOf("b", { group: "g", state: "failed" }));
        store.put(rowOf("c", { group: "g", state: "scheduled" }));
        expect(reopen().group("g")).toEqual(group);
        expect(idsOf(store.open("g", 9))).toEqual(["a", "c"]);
        expect(idsOf(store.open("g", 1))).toEqual(["a"]);
        expect(store.groupCounts("g")).toEqual(
          expect.arrayContaining([
            { state: "running", count: 1 },
            { state: "failed", count: 1 },
          ]),
        );
        store.removeGroup("g");
        expect(store.group("g")).toBeUndefined();
      });
    });

    it("keeps keys until their time is over, and what a type has in common", async () => {
      await withStore((store, reopen) => {
        store.putKey("k", { fingerprint: "f", id: "a", untilMs: 10 });
        store.putKey("l", { fingerprint: "f", id: "b", untilMs: 11 });
        store.putType("t", { paused: true, rate: { baseMs: 5, ticks: 7, tokens: 2, deferMs: 6 } });
        store.putType("u", { paused: false });
        expect(reopen().key("k")).toEqual({ fingerprint: "f", id: "a", untilMs: 10 });
        store.forgetKeys(10);
        expect([store.key("k"), store.key("l")?.id]).toEqual([undefined, "b"]);
        expect(reopen().type("t")).toEqual({
          paused: true,
          rate: { baseMs: 5, ticks: 7, tokens: 2, deferMs: 6 },
        });
        expect(store.type("none")).toEqual({ paused: false });
        expect(store.paused()).toEqual(["t"]);
      });
    });
  });
}
