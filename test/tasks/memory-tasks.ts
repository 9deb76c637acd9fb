import { NEVER, isEnded, type TaskRow } from "../../src/tasks/row.ts";
import type { GroupRow, KeyEntry, TaskStore, TypeState } from "../../src/tasks/store.ts";

const byId = (a: TaskRow, b: TaskRow) => (a.id < b.id ? -1 : 1);
const byWake = (a: TaskRow, b: TaskRow) => a.wakeMs - b.wakeMs || byId(a, b);

/** A store that may lose what it was told since the last commit. */
export interface MemoryTasks extends TaskStore {
  commit(): void;
  rollBack(): void;
}

/** The ledger's rows in memory. What throws in a transaction leaves nothing behind. */
export function memoryTasks(): MemoryTasks {
  const tasks = new Map<string, TaskRow>();
  const texts = new Map<string, string>();
  const groups = new Map<string, GroupRow>();
  const keys = new Map<string, KeyEntry>();
  const types = new Map<string, TypeState>();
  const where = (accepts: (row: TaskRow) => boolean) => [...tasks.values()].filter(accepts).toSorted(byId);
  /** How to take back what was written since the last commit. */
  let undo: (() => void)[] = [];
  const takeBack = (from: number) => {
    for (const one of undo.splice(from).toReversed()) one();
  };
  const write = <V>(map: Map<string, V>, key: string, value: V | undefined) => {
    const before = map.get(key);
    undo.push(() => void (before === undefined ? map.delete(key) : map.set(key, before)));
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  };

  return {
    commit: () => void (undo = []),
    rollBack: () => takeBack(0),
    transact(run) {
      const from = undo.length;
      try {
        return run();
      } catch (error) {
        takeBack(from);
        throw error;
      }
    },
    row: (id) => tasks.get(id),
    rows: (ids) => ids.flatMap((id) => tasks.get(id) ?? []),
    put: (row) => write(tasks, row.id, row),
    remove(id) {
      write(tasks, id, undefined);
      write(texts, `payload ${id}`, undefined);
      write(texts, `result ${id}`, undefined);
    },
    text: (id, kind) => texts.get(`${kind} ${id}`),
    texts: (ids, kind) =>
      new Map(
        ids.flatMap((id) => {
          const text = texts.get(`${kind} ${id}`);
          return text === undefined ? [] : [[id, text] as const];
        }),
      ),
    putText: (id, kind, text) => write(texts, `${kind} ${id}`, text),
    outbox: (nowMs, most) =>
      where(({ state, wakeMs }) => state === "queued" && wakeMs <= nowMs)
        .toSorted(byWake)
        .slice(0, most),
    published: (nowMs, most) =>
      where(({ state, wakeMs }) => state === "queued" && wakeMs > nowMs && wakeMs < NEVER).slice(0, most)
        .length,
    postpone(ids, nowMs, wakeMs) {
      for (const id of ids) {
        const row = tasks.get(id);
        if (row?.state === "queued" && row.wakeMs <= nowMs) write(tasks, id, { ...row, wakeMs });
      }
    },
    hasten(nowMs) {
      for (const row of where(({ state, wakeMs }) => state === "queued" && wakeMs > nowMs && wakeMs < NEVER))
        write(tasks, row.id, { ...row, wakeMs: nowMs });
    },
    timers: (nowMs, most) =>
      where(({ state, wakeMs }) => state !== "queued" && wakeMs <= nowMs)
        .toSorted(byWake)
        .slice(0, most),
    nextWakes() {
      const least = (isQueued: boolean) => {
        let leastMs = NEVER;
        for (const { state, wakeMs } of tasks.values())
          if ((state === "queued") === isQueued && wakeMs < leastMs) leastMs = wakeMs;
        return leastMs;
      };
      return { outboxMs: least(true), timerMs: least(false) };
    },
    running: (slot) => where((row) => row.slot === slot && row.state === "running").length,
    held: (slot, most) =>
      where((row) => row.slot === slot && row.state === "queued" && row.wakeMs === NEVER).slice(0, most),
    wakeHeld(type, wakeMs) {
      for (const row of where((one) => one.type === type && one.state === "queued" && one.wakeMs === NEVER))
        write(tasks, row.id, { ...row, wakeMs });
    },
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
    putGroup: (group) => write(groups, group.id, group),
    removeGroup: (id) => write(groups, id, undefined),
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
    putKey: (key, entry) => write(keys, key, entry),
    forgetKeys(nowMs) {
      for (const [key, { untilMs }] of keys) if (untilMs <= nowMs) write(keys, key, undefined);
    },
    type: (name) => types.get(name) ?? { paused: false },
    putType: (name, state) => write(types, name, state),
    paused: () => [...types].filter(([, { paused }]) => paused).map(([name]) => name),
  };
}
