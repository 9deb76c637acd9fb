import * as z from "zod";
import { STATES } from "./row.ts";

export const TaskPath = z.object({ id: z.string().max(64) });

/** What `POST /v1/tasks` takes. */
export const NewTaskBody = z
  .strictObject({
    type: z.string().max(64),
    payload: z.unknown(),
    runAt: z.iso.datetime().optional(),
    delayMs: z.int().min(0).max(31_536_000_000).optional(),
    key: z.string().min(1).max(255).optional(),
  })
  .meta({ examples: [{ type: "compare", payload: { codes: ["FRA", "DEU"] } }] });

export const Accepted = z.object({ id: z.string() });

const Event = z.object({
  version: z.int(),
  at: z.string(),
  what: z.string(),
  attempt: z.int().optional(),
  worker: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** A task as it is shown. */
export const TaskView = z.object({
  id: z.string(),
  type: z.string(),
  state: z.enum(STATES),
  payload: z.unknown(),
  result: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  attempts: z.int(),
  worker: z.string().optional(),
  progress: z.object({ fraction: z.number(), note: z.string().optional() }).optional(),
  createdAt: z.string(),
  dueAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  durationMs: z.number().optional(),
  events: z.array(Event),
});

export const CancelAnswer = z.object({ status: z.enum(["cancelled", "cancelling"]) });
