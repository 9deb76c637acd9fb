import * as z from "zod";
import { task, type TaskType } from "./define.ts";
import { payloadKey, resultKey } from "./pointer.ts";

/** Where texts are kept that are too large for a row. Everything may fail, as calls to elsewhere do. */
export interface SpillStore {
  put(key: string, text: string): Promise<void>;
  get(key: string): Promise<string | undefined>;
  /** May be told of what is not there. */
  remove(keys: readonly string[]): Promise<void>;
}

/** A type of the ledger's own: what puts away the texts of a task that is forgotten. */
export const SPILL = "$spill";

const Spilled = z.object({ id: z.string(), fence: z.int() });

/** Whose texts are to be put away: those of all its claims. */
export type SpilledTask = z.infer<typeof Spilled>;

/** So many at once: what a bucket takes. */
const MOST_KEYS = 1_000;

/** The type whose `cleanUp` removes texts. */
export function spillType(spill: SpillStore): TaskType {
  return task(SPILL, {
    payload: z.never(),
    handle: async () => await Promise.resolve(),
    async cleanUp(record) {
      const { id, fence } = Spilled.parse(record);
      const results = Array.from({ length: fence }, (_, index) => resultKey(id, index + 1));
      const keys = [payloadKey(id), ...results];
      for (let from = 0; from < keys.length; from += MOST_KEYS)
        await spill.remove(keys.slice(from, from + MOST_KEYS));
    },
  });
}
