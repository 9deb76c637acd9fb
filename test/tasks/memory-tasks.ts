import { NEVER, isEnded, type TaskRow } from "../../src/tasks/row.ts";
import type { GroupRow, KeyEntry, TaskStore, TypeState } from "../../src/tasks/store.ts";

const byId = (a: TaskRow, b: TaskRow) => (a.id < b.id ? -1 : 1);
const byWake = (a: TaskRow, b: TaskRow) => a.wakeMs - b.wakeMs || byId(a, b);

/** The ledger's rows in memory. What throws in a transaction leaves nothing behind. */
export function memoryTasks(): TaskStore {
  let tasks = new Map<string, TaskRow>();
  let texts = new Map<string, string>();
  let groups = new Map<string, GroupRow>();
  let keys = new Map<string, KeyEntry>();
  let types = new Map<string, TypeState>();
  const where = (accepts: (row: TaskRow) => boolean) => [...tasks.values()].filter(accepts).toSorted(byId);

  return {
    transact(run) {
      const before = [tasks, texts, groups, keys, types] as const;
      [tasks, texts] = [new Map(tasks), new Map(texts)];
      [groups, keys, types] = [new Map(groups), new Map(keys), new Map(types)];
      try {
        return run();
      } catch (error) {
        [tasks, texts, groups, keys, types] = before;
        throw error;
      }
    },
    row: (id) => tasks.get(id),
    rows: (ids) => ids.flatMap((id) => tasks.get(id) ?? []),
    put: (row) => void tasks.set(row.id, row),
    remove(id) {
      tasks.delete(id);
      texts.delete(`payload ${id}`);
      texts.delete(`result ${id}`);
    },
    text: (id, kind) => texts.get(`${kind} ${id}`),
    texts: (ids, kind) =>
      new Map(
        ids.flatMap((id) => {
          const text = texts.get(`${kind} ${id}`);
          return text === undefined ? [] : [[id, text] as const];
        }),
      ),
    putText: (id, kind, text) => void texts.set(`${kind} ${id}`, text),
    outbox: (nowMs, most) =>
      where(({ state, wakeMs }) => state === "queued" && wakeMs <= nowMs)
        .toSorted(byWake)
        .slice(0, most),
    postpone(ids, nowMs, wakeMs) {
      for (const id of ids) {
        const row = tasks.get(id);
        if (row?.state === "queued" && row.wakeMs <= nowMs) tasks.set(id, { ...row, wakeMs });
      }
    },
    timers: (nowMs, most) =>
      where(({ state, wakeMs }) => state !== "queued" && wakeMs <= nowMs)
        .toSorted(byWake)
        .slice(0, most),
    nextWakeMs() {
      const wakeMs = Math.min(...[...tasks.values()].map((row) => row.wakeMs));
      return wakeMs === NEVER ? undefined : wakeMs;
    },
    running: (slot) => where((row) => row.slot === slot && row.state === "running").length,
    held: (by, most) =>
      where(
        (row) =>
          ("slot" in by ? row.slot === by.slot : row.type === by.type) &&
          row.state === "queued" &&
          row.wakeMs === NEVER,
      ).slice(0, most),
    list: ({ state, type, before, most }) =>
      where(
        (row) =>
          (state === undefined || row.state === state) &&
          (type === undefined || row.type === type) &&
          (before === undefined || row.id < before),
      )
        .toReversed()
        .slice(0, most),
    counts: () =>
      [...Map.groupBy(tasks.values(), ({ type, state }) => `${type} ${state}`).values()].flatMap(
        ([first, ...rest]) =>
          first === undefined ? [] : [{ type: first.type, state: first.state, count: rest.length + 1 }],
      ),
    group: (id) => groups.get(id),
    putGroup: (group) => void groups.set(group.id, group),
    removeGroup: (id) => void groups.delete(id),
    groupCounts: (id) =>
      [
        ...Map.groupBy(
          where(({ group }) => group === id),
          ({ state }) => state,
        ),
      ].map(([state, rows]) => ({
        state,
        count: rows.length,
      })),
    open: (group, most) => where((row) => row.group === group && !isEnded(row)).slice(0, most),
    key: (key) => keys.get(key),
    putKey: (key, entry) => void keys.set(key, entry),
    forgetKeys(nowMs) {
      for (const [key, { untilMs }] of keys) if (untilMs <= nowMs) keys.delete(key);
    },
    type: (name) => types.get(name) ?? { paused: false },
    putType: (name, state) => void types.set(name, state),
    paused: () => [...types].filter(([, { paused }]) => paused).map(([name]) => name),
  };
}
