import type { FrontierStore, LeasedUrl } from "./frontier-store.ts";

/** Whose turn it is among the hosts that have something waiting in a level. */
export interface Turns {
  /** Goes on to a level, with all that waits in it. */
  enter(level: number): void;
  /** Something of a host waits until then. */
  wait(host: string, dueMs: number): void;
  /** Nothing of a host may be had before then. */
  hold(this: void, host: string, dueMs: number): void;
  /** Takes URLs from all hosts that may be asked, in turn; from each no more than its share. */
  take(nowMs: number, size: number): readonly LeasedUrl[];
  /** These hosts are being asked: nobody else is to ask those that are spared. */
  leave(hosts: Iterable<string>): void;
  /** They are not any more. */
  comeBack(hosts: Iterable<string>): void;
  /** Whether nothing waits in the level. */
  isOver(): boolean;
  /** When something may be had; `Infinity` for never, or for not before a host comes back. */
  dueMs(): number;
}

/** Makes them for a level. @param spares Whether a host is asked one thing at a time. */
export function createTurns(
  store: Pick<FrontierStore, "hosts" | "take" | "firstDueMs">,
  first: number,
  spares: (host: string) => boolean,
): Turns {
  let level = first;
  /** Since when each may be asked; whose turn was longest ago comes first. */
  const hosts = new Map<string, number>();
  const away = new Set<string>();
  const holds = new Map<string, number>();
  const mayGoMs = (host: string, dueMs: number) => Math.max(dueMs, holds.get(host) ?? 0);
  const wait = (host: string, dueMs: number) => {
    hosts.set(host, Math.min(dueMs, hosts.get(host) ?? Infinity));
  };
  const enter = (next: number) => {
    level = next;
    for (const host of store.hosts(level)) wait(host, 0);
  };
  enter(first);

  return {
    enter,
    wait,
    hold: (host, dueMs) => void holds.set(host, mayGoMs(host, dueMs)),
    leave(left) {
      for (const host of left) if (spares(host)) away.add(host);
    },
    comeBack(back) {
      for (const host of back) away.delete(host);
    },
    take(nowMs, size) {
      const picked: LeasedUrl[] = [];
      const ready = [...hosts]
        .filter(([host, dueMs]) => mayGoMs(host, dueMs) <= nowMs && !away.has(host))
        .map(([host]) => host);
      for (let host = ready.shift(); host !== undefined && picked.length < size; host = ready.shift()) {
        const share = Math.ceil((size - picked.length) / (ready.length + 1));
        const taken = store.take(level, host, nowMs, share);
        picked.push(...taken);
        hosts.delete(host);
        if (taken.length === share) {
          hosts.set(host, 0);
          ready.push(host);
          continue;
        }
        const dueMs = store.firstDueMs(level, host);
        if (dueMs !== undefined) hosts.set(host, dueMs);
      }
      return picked;
    },
    isOver: () => hosts.size === 0,
    dueMs: () => {
      let least = Infinity;
      for (const [host, dueMs] of hosts) if (!away.has(host)) least = Math.min(least, mayGoMs(host, dueMs));
      return least;
    },
  };
}
