import type { Entry, Log } from "../../src/chat/log.ts";

/** A log in memory, for tests: what a room's rows are, without the rows. Outlives the rooms that use it. */
export function memoryLog(epoch = "epoch-1"): Log & { readonly entries: () => readonly Entry[] } {
  let entries: Entry[] = [];
  let ids = new Map<string, { readonly seq: number; readonly ts: number }>();
  let last = 0;
  return {
    epoch,
    entries: () => entries,
    last: () => last,
    oldest: () => entries[0] && { seq: entries[0].seq, ts: entries[0].ts },
    oldestIdMs: () => ids.values().next().value?.ts,
    append(added) {
      for (const entry of added) {
        if (entry.seq !== last + 1) throw new Error(`Expected number ${last + 1}, got ${entry.seq}`);
        last = entry.seq;
        entries.push(entry);
        ids.delete(`${entry.uid}\n${entry.id}`);
        ids.set(`${entry.uid}\n${entry.id}`, { seq: entry.seq, ts: entry.ts });
      }
    },
    range: (from, to) =>
      entries
        .filter(({ seq }) => seq >= from && seq <= to)
        .map(({ seq, uid, name, text, ts }) => ({ seq, uid, name, text, ts })),
    find: (uid, id) => ids.get(`${uid}\n${id}`),
    trim({ seq, ms, idsMs }) {
      entries = entries.filter((entry) => entry.seq >= seq && entry.ts >= ms);
      ids = new Map([...ids].filter(([, { ts }]) => ts >= idsMs));
    },
  };
}
