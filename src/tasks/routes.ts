import { Hono } from "hono";
import type * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { matchesEtag, weakEtag } from "../http/etag.ts";
import { guarded } from "../http/guarded.ts";
import { idempotencyKey } from "../http/idempotency-key.ts";
import { ProblemError } from "../http/problem.ts";
import { Accepted, CancelAnswer, NewTaskBody, TaskPath, TaskView } from "./requests.ts";
import { prepare, shardOf, type TaskOptions } from "./service.ts";
import { viewOf } from "./view.ts";

const enqueueing = guarded({
  scope: "tasks:write",
  summary: "Enqueues a task",
  takes: { json: NewTaskBody },
  maxBodyBytes: 256 * 1024,
  answers: { 202: { description: "It will be run", schema: Accepted } },
  problems: ["idempotency-key-reused"],
});

const looking = guarded({
  scope: "tasks:read",
  summary: "Shows a task with its result",
  takes: { param: TaskPath },
  answers: { 200: { description: "As it is now", schema: TaskView }, 304: { description: "As it was" } },
});

const cancelling = guarded({
  scope: "tasks:write",
  summary: "Cancels a task",
  takes: { param: TaskPath },
  answers: {
    200: { description: "It will not run", schema: CancelAnswer },
    202: { description: "Its handler was asked to stop", schema: CancelAnswer },
  },
  problems: ["task-ended"],
});

const retrying = guarded({
  scope: "tasks:write",
  summary: "Gives a task that ended without success a new life",
  takes: { param: TaskPath },
  answers: { 202: { description: "It will be run", schema: Accepted } },
  problems: ["task-not-retryable"],
});

/** Offers the tasks. */
export function taskRoutes(options: TaskOptions) {
  return new Hono<CallerVariables>()
    .post("/v1/tasks", enqueueing, async (c) => {
      const key = idempotencyKey(c.req.raw.headers);
      const { shard, task } = await prepare(options, c.req.valid("json"), {
        caller: c.get("caller").name,
        key,
      });
      const [enqueued] = await options.shardFor(shard).enqueue([task]);
      if (enqueued === undefined || enqueued.kind === "reused")
        throw new ProblemError("idempotency-key-reused");
      const body: z.infer<typeof Accepted> = { id: enqueued.id };
      return c.json(body, 202, { Location: `/v1/tasks/${enqueued.id}` });
    })
    .get("/v1/tasks/:id", looking, async (c) => {
      const { id } = c.req.valid("param");
      const looked = await shardOf(options, id).look(id);
      if (looked === undefined) throw new ProblemError("not-found");
      const view = viewOf(looked);
      const etag = weakEtag(JSON.stringify(view));
      if (matchesEtag(c.req.header("If-None-Match") ?? null, etag)) return c.body(null, 304, { ETag: etag });
      return c.json(view, 200, { ETag: etag, "Cache-Control": "private, no-cache" });
    })
    .post("/v1/tasks/:id/cancel", cancelling, async (c) => {
      const { id } = c.req.valid("param");
      const status = await shardOf(options, id).cancel(id);
      if (status === "unknown") throw new ProblemError("not-found");
      if (status === "ended") throw new ProblemError("task-ended");
      const body: z.infer<typeof CancelAnswer> = { status };
      return c.json(body, status === "cancelled" ? 200 : 202);
    })
    .post("/v1/tasks/:id/retry", retrying, async (c) => {
      const { id } = c.req.valid("param");
      const retried = await shardOf(options, id).retry(id);
      if (retried === "unknown") throw new ProblemError("not-found");
      if (retried === "refused") throw new ProblemError("task-not-retryable");
      const body: z.infer<typeof Accepted> = { id };
      return c.json(body, 202);
    });
}
