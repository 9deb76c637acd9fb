import type { FrontierStore } from "../src/crawl/frontier-store.ts";
import type { Watchers } from "./watchers.ts";

const VERSION = "version";

/** How often what a frontier knows has changed, ever. */
export function versionOf({ kv }: DurableObjectStorage): number {
  return kv.get<number>(VERSION) ?? 0;
}

/** A store of a frontier that counts its changes and tells those who wait for one. */
export function countingChanges(
  store: FrontierStore,
  storage: DurableObjectStorage,
  watchers: Watchers,
): FrontierStore {
  return {
    ...store,
    save(state) {
      store.save(state);
      storage.kv.put(VERSION, versionOf(storage) + 1);
      watchers.wake("");
    },
  };
}
