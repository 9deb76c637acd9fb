import type { FrontierStore } from "../src/crawl/frontier-store.ts";
import type { Watch } from "../src/work/watchers.ts";

const VERSION = "version";

/** What those who wait for a crawl wait for. */
export const WHOLE = "crawl";

/** How often what a frontier knows has changed, ever. */
export function versionOf({ kv }: DurableObjectStorage): number {
  return kv.get<number>(VERSION) ?? 0;
}

/** A store of a frontier that counts its changes and tells those who wait for one. */
export function countingChanges(
  store: FrontierStore,
  storage: DurableObjectStorage,
  watch: Pick<Watch, "note">,
): FrontierStore {
  return {
    ...store,
    save(state) {
      store.save(state);
      storage.kv.put(VERSION, versionOf(storage) + 1);
      watch.note(WHOLE);
    },
  };
}
