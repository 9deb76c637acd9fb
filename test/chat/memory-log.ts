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
      const wrong = added.find((entry, index) => entry.seq !== last + 1 + index);
      if (wrong !== undefined) throw new Error(`Expected the numbers after ${last}, got ${wrong.seq}`);
      for (const entry of added) {
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
      const young = entries.find(({ ts }) => ts >= ms)?.seq ?? last + 1;
      entries = entries.filter((entry) => entry.seq >= Math.max(seq, young));
      ids = new Map([...ids].filter(([, { ts }]) => ts >= idsMs));
    },
  };
}
