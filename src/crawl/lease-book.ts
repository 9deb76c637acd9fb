import type { BatchLease, FrontierStore } from "./frontier-store.ts";

/** The leases that are out, in memory and in their store. */
export interface LeaseBook {
  /** In the order in which they were given. */
  all(): Iterable<BatchLease>;
  get(fence: number): BatchLease | undefined;
  keep(lease: BatchLease): void;
  drop(fence: number): void;
  readonly count: number;
  /** How many URLs are out. */
  urls(): number;
  /** The fences of those that nobody has, and that nobody was told of. */
  untold(): readonly number[];
  /** Somebody is told of these. */
  told(fences: readonly number[]): void;
}

/** Opens what a store has of them. */
export function openLeases(store: Pick<FrontierStore, "leases" | "keepLease" | "removeLease">): LeaseBook {
  const leases = new Map(store.leases().map((lease) => [lease.fence, lease]));
  const keep = (lease: BatchLease) => {
    leases.set(lease.fence, lease);
    store.keepLease(lease);
  };
  return {
    all: () => [...leases.values()],
    get: (fence) => leases.get(fence),
    keep,
    untold: () => [...leases.values()].filter(({ stage }) => stage === "waiting").map(({ fence }) => fence),
    told(fences) {
      for (const fence of fences) {
        const lease = leases.get(fence);
        if (lease?.stage === "waiting") keep({ ...lease, stage: "sent" });
      }
    },
    drop(fence) {
      leases.delete(fence);
      store.removeLease(fence);
    },
    get count() {
      return leases.size;
    },
    urls: () => [...leases.values()].reduce((sum, { ids }) => sum + ids.length, 0),
  };
}
