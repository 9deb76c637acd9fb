import type { World } from "../world.ts";
import type { Oracle } from "./oracle.ts";

/** What handlers write to: it compares fences, and does a thing once for a task. */
export interface Resource {
  write(id: string, fence: number): void;
  /** What a record named was put away. */
  cleanUp(record: string): void;
  isClean(record: string): boolean;
}

/** Opens one in which nothing is written. */
export function createResource(world: World, oracle: Oracle): Resource {
  const fences = new Map<string, number>();
  const doneBy = new Map<string, number>();
  const cleaned = new Set<string>();
  return {
    write(id, fence) {
      const last = fences.get(id) ?? 0;
      if (fence < last) return world.saw("a late write that was refused");
      fences.set(id, fence);
      const done = doneBy.get(id);
      if (done === fence) return oracle.fail(`the effect of ${id} came twice under fence ${fence}`);
      if (done !== undefined) return world.saw("an effect that was there already");
      doneBy.set(id, fence);
    },
    cleanUp: (record) => void cleaned.add(record),
    isClean: (record) => cleaned.has(record),
  };
}
