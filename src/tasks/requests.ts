import * as z from "zod";
import { parseId } from "./id.ts";
import { STATES } from "./row.ts";

/** A task or a group. */
export const TaskPath = z.object({ id: z.string().max(64) });
export const TypePath = z.object({ type: z.string().max(64) });

const member = {
  type: z.string().max(64),
  /** A type may take none. */
  payload: z.unknown().optional(),
  runAt: z.iso.datetime().optional(),
  delayMs: z.int().min(0).max(31_536_000_000).optional(),
};

const EXAMPLES = { examples: [{ type: "compare", payload: { codes: ["FRA", "DEU"] } }] };

/** What `POST /v1/tasks` takes. */
export const NewTaskBody = z
  .strictObject({ ...member, key: z.string().min(1).max(255).optional() })
  .meta(EXAMPLES);

/** What `POST /v1/tasks/batch` takes. */
export const BatchBody = z.strictObject({ tasks: z.array(NewTaskBody).min(1).max(1_000) });

/** What `POST /v1/groups` takes. */
export const GroupBody = z.strictObject({
  tasks: z.array(z.strictObject(member).meta(EXAMPLES)).min(1).max(1_000),
  /** Enqueued when all of them have ended. */
  next: z.strictObject({ type: member.type, payload: member.payload }).optional(),
});

/** What `GET /v1/tasks` takes. */
export const ListQuery = z.object({
  state: z.enum(STATES).optional(),
  type: z.string().max(64).optional(),
  cursor: z
    .string()
    .max(64)
    .refine((text) => parseId(text) !== undefined, "expected what a page said")
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/** What `POST /v1/dead/redrive` takes. */
export const RedriveBody = z.strictObject({
  type: z.string().max(64).optional(),
  most: z.int().min(1).max(10_000).default(1_000),
});

export const Accepted = z.object({ id: z.string() });

/** What became of each task of a batch, in its order. */
export const BatchAnswer = z.object({
  items: z.array(
    z.object({
      status: z.int(),
      id: z.string().optional(),
      problem: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const TaskError = z.object({ code: z.string(), message: z.string() });

const Event = z.object({
  version: z.int(),
  at: z.string(),
  what: z.string(),
  attempt: z.int().optional(),
  worker: z.string().optional(),
  error: TaskError.optional(),
});

/** A task in a list. */
const TaskSummary = z.object({
  id: z.string(),
  type: z.string(),
  state: z.enum(STATES),
  error: TaskError.optional(),
  attempts: z.int(),
  worker: z.string().optional(),
  progress: z.object({ fraction: z.number(), note: z.string().optional() }).optional(),
  group: z.string().optional(),
  createdAt: z.string(),
  dueAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  durationMs: z.number().optional(),
});

/** A task as it is shown. */
export const TaskView = TaskSummary.extend({
  payload: z.unknown(),
  result: z.unknown(),
  events: z.array(Event),
});

/** Shards that could not be asked. */
const partial = z.array(z.int()).optional();

/** A page of tasks. */
export const TaskPage = z.object({ items: z.array(TaskSummary), cursor: z.string().optional(), partial });

/** How many tasks there are of each type, in each state. */
export const TaskStats = z.object({
  types: z.record(
    z.string(),
    z.object({ isPaused: z.boolean(), counts: z.partialRecord(z.enum(STATES), z.int()) }),
  ),
  partial,
});

/** A group as it is shown. */
export const GroupView = z.object({
  id: z.string(),
  total: z.int(),
  counts: z.partialRecord(z.enum(STATES), z.int()),
  createdAt: z.string(),
  /** When all had ended. */
  endedAt: z.string().optional(),
  next: z.string().optional(),
});

/** What a group waits for. */
export const GroupWhy = z.object({
  items: z.array(z.object({ id: z.string(), type: z.string(), state: z.enum(STATES), reason: z.string() })),
});

export const CancelAnswer = z.object({ status: z.enum(["cancelled", "cancelling"]) });
export const PauseAnswer = z.object({ type: z.string(), isPaused: z.boolean() });
export const RedriveAnswer = z.object({ count: z.int() });
