import * as z from "zod";
import type { JsonValue } from "./json.ts";
import { task, type TaskType } from "./define.ts";

/** A type of the ledger's own, by a name that no type of a configuration can have. */
export const CLEAN_UP = "$clean-up";

/** Whose records are to be put away. */
export interface CleanUpPayload {
  readonly type: string;
  readonly record: JsonValue;
}

const Payload: z.ZodType<CleanUpPayload> = z.object({ type: z.string(), record: z.json() });

/** The type of task that calls `cleanUp` of the others. One that has none has nothing to put away. */
export function cleanUpTask(types: ReadonlyMap<string, TaskType>): TaskType {
  return task(CLEAN_UP, {
    payload: Payload,
    handle: async ({ payload: { type, record }, services }) => {
      await types.get(type)?.cleanUp?.(record, services);
    },
  });
}
