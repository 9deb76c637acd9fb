import { Hono } from "hono";
import * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import type { TaskType } from "./define.ts";
import type { TaskOptions } from "./options.ts";

/** What there is to enqueue. */
const TaskTypes = z.object({
  items: z.array(
    z.object({
      type: z.string(),
      payload: z
        .record(z.string(), z.unknown())
        .nullable()
        .meta({ description: "A JSON Schema; `null` where its schema cannot be written as one" }),
      attempts: z.int(),
      timeoutMs: z.number(),
      retentionMs: z.number(),
    }),
  ),
});

const listing = guarded({
  scope: "tasks:read",
  summary: "Lists the task types of the configuration",
  answers: { 200: { description: "In its order", schema: TaskTypes } },
});

/** Offers what one can enqueue, and what its payload has to be: enough to make a form of. */
export function typeRoutes({ tasks }: TaskOptions) {
  return new Hono<CallerVariables>().get("/v1/task-types", listing, (c) => {
    const items = [...tasks.types.values()].map((type) => {
      const { attempts = 0, timeoutMs = 0, retentionMs = 0 } = tasks.policies[type.name] ?? {};
      return { type: type.name, payload: jsonSchemaOf(type), attempts, timeoutMs, retentionMs };
    });
    const body: z.infer<typeof TaskTypes> = { items };
    return c.json(body, 200);
  });
}

/** Schemas of other libraries check payloads just as well, and stay unseen. */
function jsonSchemaOf({ payload }: TaskType): Record<string, unknown> | null {
  if (!(payload instanceof z.ZodType)) return null;
  return { ...z.toJSONSchema(payload, { io: "input", unrepresentable: "any" }) };
}
