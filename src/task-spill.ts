import type { SpillStore } from "./tasks/spill.ts";

/** Keeps the large texts of tasks in a bucket of their own. */
export function openSpill(bucket: R2Bucket): SpillStore {
  return {
    put: async (key, text) => void (await bucket.put(key, text)),
    get: async (key) => await (await bucket.get(key))?.text(),
    remove: async (keys) => await bucket.delete([...keys]),
  };
}
