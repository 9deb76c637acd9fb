import { guarded } from "../http/guarded.ts";
import {
  Accepted,
  BatchAnswer,
  BatchBody,
  CancelAnswer,
  ListQuery,
  NewTaskBody,
  TaskPage,
  TaskPath,
  TaskStats,
  TaskView,
} from "./requests.ts";

/** `POST /v1/tasks`. */
export const enqueueing = guarded({
  scope: "tasks:write",
  summary: "Enqueues a task",
  description:
    "With `Prefer: wait=10` (RFC 7240) the answer waits for so many seconds, 60 at most, for its end.",
  takes: { json: NewTaskBody },
  fields: ["Idempotency-Key", "Prefer"],
  maxBodyBytes: 2 * 1024 * 1024,
  answers: {
    200: { description: "It has ended within the time that was preferred", schema: TaskView },
    202: { description: "It will be run", schema: Accepted },
  },
  problems: ["idempotency-key-reused", "tasks-unavailable"],
});

/** `POST /v1/tasks/batch`. */
export const batching = guarded({
  scope: "tasks:write",
  summary: "Enqueues up to a thousand tasks",
  description:
    "Each by itself: one that is refused has its problem in the answer, and the others are enqueued. Under an `Idempotency-Key`, those without a `key` of their own are enqueued once for their place in it.",
  takes: { json: BatchBody },
  fields: ["Idempotency-Key"],
  maxBodyBytes: 4 * 1024 * 1024,
  answers: { 200: { description: "What became of each, in the same order", schema: BatchAnswer } },
});

/** `GET /v1/tasks`. */
export const listing = guarded({
  scope: "tasks:read",
  summary: "Lists tasks, the newest first",
  description: "`partial` names the shards that could not be asked.",
  takes: { query: ListQuery },
  answers: { 200: { description: "A page", schema: TaskPage } },
  problems: ["tasks-unavailable"],
});

/** `GET /v1/tasks/stats`. */
export const counting = guarded({
  scope: "tasks:read",
  summary: "Counts tasks by type and state",
  description: "`partial` names the shards that could not be asked.",
  answers: { 200: { description: "How many there are", schema: TaskStats } },
  problems: ["tasks-unavailable"],
});

/** `GET /v1/tasks/:id`. */
export const looking = guarded({
  scope: "tasks:read",
  summary: "Shows a task with its result",
  takes: { param: TaskPath },
  fields: ["If-None-Match"],
  answers: { 200: { description: "As it is now", schema: TaskView }, 304: { description: "As it was" } },
  problems: ["not-found", "task-gone", "tasks-unavailable"],
});

/** `GET /v1/tasks/:id/events`. */
export const watching = guarded({
  scope: "tasks:read",
  summary: "Tells what happens to a task, as Server-Sent Events",
  description:
    "Begins with what has happened, or after `Last-Event-ID`, and ends with the task. An event is named after what the task is from then on, or `progress`.",
  takes: { param: TaskPath },
  fields: ["Last-Event-ID"],
  answers: {
    200: { description: "Events", alsoAs: ["text/event-stream"] },
    204: { description: "It has ended" },
  },
  problems: ["not-found", "task-gone", "tasks-unavailable"],
});

/** `POST /v1/tasks/:id/cancel`. */
export const cancelling = guarded({
  scope: "tasks:write",
  summary: "Cancels a task",
  takes: { param: TaskPath },
  answers: {
    200: { description: "It will not run", schema: CancelAnswer },
    202: { description: "Its handler was asked to stop", schema: CancelAnswer },
  },
  problems: ["not-found", "task-gone", "task-ended", "tasks-unavailable"],
});

/** `POST /v1/tasks/:id/retry`. */
export const retrying = guarded({
  scope: "tasks:write",
  summary: "Gives a task that ended without success a new life",
  takes: { param: TaskPath },
  answers: { 202: { description: "It will be run", schema: Accepted } },
  problems: ["not-found", "task-gone", "task-not-retryable", "tasks-unavailable"],
});
