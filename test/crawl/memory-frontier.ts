import type {
  BatchLease,
  Discovery,
  FrontierState,
  FrontierStore,
  LeasedUrl,
  Settled,
  SilentHost,
} from "../../src/crawl/frontier-store.ts";

/** A row of the store. */
export interface Row extends Omit<Discovery, "place">, LeasedUrl {
  status: "queued" | "leased" | "settled";
  level: number;
  rank: number;
  place: number;
  parent: number | undefined;
  tries: number;
  lost: number;
  dueMs: number;
  settled?: Settled;
}

interface Tables {
  readonly rows: Row[];
  readonly leases: Map<number, BatchLease>;
  readonly silent: Map<string, SilentHost>;
  state: FrontierState | undefined;
}

/** Rows in memory, for tests in which no step throws. A crash between steps is to open a frontier anew. */
export function memoryFrontier(): FrontierStore & { rows(): readonly Row[] } {
  const tables: Tables = { rows: [], leases: new Map(), silent: new Map(), state: undefined };
  const row = (id: number) => tables.rows[id - 1] as Row; // ids are their places in the list, from 1
  const waiting = (level: number, host?: string) =>
    tables.rows.filter(
      (one) => one.status === "queued" && one.level === level && (host === undefined || one.host === host),
    );
  return {
    rows: () => tables.rows,
    inOneStep: (run) => run(),
    load: () => tables.state,
    save: (state) => void (tables.state = state),
    leases: () => [...tables.leases.values()],
    keepLease: (lease) => void tables.leases.set(lease.fence, lease),
    removeLease: (fence) => void tables.leases.delete(fence),
    add(discoveries, maxVariants) {
      let added = 0;
      for (const { place = 0, ...found } of discoveries) {
        const known = tables.rows.find(({ key }) => key === found.key);
        if (known !== undefined) {
          const isBefore =
            found.level < known.level || (found.level === known.level && found.rank < known.rank);
          if (!isBefore) continue;
          const { level, rank, parent } = found;
          Object.assign(known, known.status === "queued" ? { ...found, place } : { level, rank, parent });
          continue;
        }
        const path = found.key.split("?", 1)[0];
        const variants = tables.rows.filter(({ key }) => key.startsWith(`${path}?`)).length;
        if (found.key.includes("?") && variants >= maxVariants) continue;
        const id = tables.rows.length + 1;
        tables.rows.push({ ...found, id, place, status: "queued", tries: 0, lost: 0, dueMs: 0 });
        added += 1;
      }
      return added;
    },
    nextLevel() {
      const levels = tables.rows.filter(({ status }) => status === "queued").map(({ level }) => level);
      return levels.length === 0 ? undefined : Math.min(...levels);
    },
    place(level) {
      const sorted = waiting(level).toSorted((a, b) => a.rank - b.rank || a.id - b.id);
      for (const [index, one] of sorted.entries()) one.place = index + 1;
    },
    hosts: (level) => [...new Set(waiting(level).map(({ host }) => host))],
    take(level, host, nowMs, limit) {
      const due = waiting(level, host).filter(({ dueMs }) => dueMs <= nowMs);
      const taken = due
        .toSorted((a, b) => a.tries - b.tries || a.place - b.place || a.id - b.id)
        .slice(0, limit);
      for (const one of taken) one.status = "leased";
      return structuredClone(taken);
    },
    leased: (ids) => structuredClone(ids.map(row)),
    putBack(ids, dueMs, { tries, lost }) {
      for (const one of ids.map(row)) {
        Object.assign(one, { status: "queued", dueMs, tries: one.tries + tries, lost: one.lost + lost });
      }
    },
    readdress: (id, url, hops) => void Object.assign(row(id), { url, hops }),
    settle(results) {
      for (const { id, settled } of results) Object.assign(row(id), { status: "settled", settled });
    },
    copies(hashes) {
      const all = tables.rows.flatMap(({ settled }) =>
        settled?.kind === "page" && settled.page.hash !== undefined ? [settled.page.hash] : [],
      );
      return new Map(hashes.map((hash) => [hash, all.filter((one) => one === hash).length]));
    },
    silent: () => [...tables.silent.values()].filter(({ times }) => times > 0),
    keepSilent: (one) => void tables.silent.set(one.host, one),
    giveUp(level, host, reason) {
      const left = waiting(level, host);
      for (const one of left) Object.assign(one, { status: "settled", settled: { kind: "failed", reason } });
      return left.length;
    },
    firstDueMs(level, host) {
      const due = waiting(level, host).map(({ dueMs }) => dueMs);
      return due.length === 0 ? undefined : Math.min(...due);
    },
  };
}
