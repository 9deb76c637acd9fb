import { NEVER } from "../../../src/tasks/row.ts";
import type { TaskStore } from "../../../src/tasks/store.ts";
import type { Broken } from "./broken.ts";

/** Makes a store lie in one way. */
export function breakStore(store: TaskStore, broken: Broken | undefined): TaskStore {
  switch (broken) {
    case "same-fence":
      return {
        ...store,
        rows: (ids) => store.rows(ids).map((row) => ({ ...row, fence: Math.min(row.fence, 1) })),
      };
    case "claims-twice":
      return {
        ...store,
        rows: (ids) =>
          store
            .rows(ids)
            .map((row) => (ids.length === 1 && row.state === "running" ? { ...row, state: "queued" } : row)),
      };
    case "no-concurrency":
      return { ...store, running: () => 0 };
    case "no-release":
      return { ...store, held: () => [] };
    case "no-rate":
      return { ...store, type: (name) => ({ paused: store.type(name).paused }) };
    case "joins-early":
      return { ...store, open: () => [] };
    case "never-joins":
      return { ...store, open: (group) => store.groupCounts(group).slice(0, 1) as never };
    case "no-sweep":
      return { ...store, postpone: (ids, nowMs) => store.postpone(ids, nowMs, NEVER) };
    case "no-lease-end":
      return {
        ...store,
        timers: (nowMs, most) => store.timers(nowMs, most).filter(({ state }) => state !== "running"),
      };
    case "forgets-keys":
      return { ...store, key: () => undefined };
    case "takes-late-reports":
      return {
        ...store,
        rows: (ids) =>
          store
            .rows(ids)
            .map((row) => (row.endedMs === undefined ? row : { ...row, state: "running", leaseMs: NEVER })),
      };
    default:
      return store;
  }
}
