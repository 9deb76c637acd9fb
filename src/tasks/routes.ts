import { Hono } from "hono";
import type * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { matchesEtag, weakEtag } from "../http/etag.ts";
import { idempotencyKey } from "../http/idempotency-key.ts";
import { refuseInput } from "../http/input.ts";
import { preferredWaitSeconds } from "../http/prefer.ts";
import { ProblemError } from "../http/problem.ts";
import { controlRoutes } from "./control-routes.ts";
import { streamTask } from "./events.ts";
import { groupRoutes } from "./group-routes.ts";
import * as operations from "./operations.ts";
import type { TaskOptions } from "./options.ts";
import type { Accepted, BatchAnswer, CancelAnswer, TaskPage, TaskStats, TaskView } from "./requests.ts";
import { enqueueMany, enqueueOne } from "./service.ts";
import { answerOf, askAll, missing, shardOf } from "./shards.ts";
import { typeRoutes } from "./type-routes.ts";
import { pageOf, statsOf, viewOf } from "./view.ts";
import { whenEnded } from "./watch.ts";

/** Offers the tasks. */
export function taskRoutes(options: TaskOptions) {
  return new Hono<CallerVariables>()
    .post("/v1/tasks", operations.enqueueing, async (c) => {
      const body = c.req.valid("json");
      const { headers } = c.req.raw;
      const key = idempotencyKey(headers) ?? body.key;
      if (body.key !== undefined && key !== body.key)
        throw refuseInput("key", "expected `key` or `Idempotency-Key`, got both, and not the same");
      const { id, stub } = await enqueueOne(options, { ...body, key }, c.get("caller").name);
      const location = { Location: `/v1/tasks/${id}` };
      const seconds = preferredWaitSeconds(headers);
      const ended =
        seconds === undefined
          ? undefined
          : // It is accepted, whether or not anybody can say more of it.
            await whenEnded(stub, id, seconds * 1_000, options.epochMs).catch(() => undefined);
      if (ended !== undefined) {
        const view: z.infer<typeof TaskView> = viewOf(ended);
        return c.json(view, 200, { ...location, "Preference-Applied": `wait=${seconds}` });
      }
      const accepted: z.infer<typeof Accepted> = { id };
      return c.json(accepted, 202, location);
    })
    .post("/v1/tasks/batch", operations.batching, async (c) => {
      const key = idempotencyKey(c.req.raw.headers);
      const { tasks } = c.req.valid("json");
      const items = await enqueueMany(options, tasks, c.get("caller").name, key);
      const body: z.infer<typeof BatchAnswer> = { items: [...items] };
      return c.json(body, 200);
    })
    .get("/v1/tasks", operations.listing, async (c) => {
      const { limit, cursor: before, ...which } = c.req.valid("query");
      const query = { ...which, before, most: limit };
      const body: z.infer<typeof TaskPage> = pageOf(
        await askAll(options, async (stub) => await stub.list(query)),
        limit,
      );
      return c.json(body, 200);
    })
    .get("/v1/tasks/stats", operations.counting, async (c) => {
      const all = await askAll(options, async (stub) => await stub.stats());
      const body: z.infer<typeof TaskStats> = statsOf(options.tasks.types.keys(), all);
      return c.json(body, 200);
    })
    .get("/v1/tasks/:id", operations.looking, async (c) => {
      const { id } = c.req.valid("param");
      const looked = await answerOf(shardOf(options, id).look(id));
      if (looked === undefined) throw missing(options, id);
      const view: z.infer<typeof TaskView> = viewOf(looked);
      const etag = weakEtag(JSON.stringify(view));
      if (matchesEtag(c.req.header("If-None-Match") ?? null, etag)) return c.body(null, 304, { ETag: etag });
      return c.json(view, 200, { ETag: etag, "Cache-Control": "private, no-cache" });
    })
    .get("/v1/tasks/:id/events", operations.watching, async (c) => {
      const { id } = c.req.valid("param");
      const stub = shardOf(options, id);
      const looked = await answerOf(stub.look(id));
      if (looked === undefined) throw missing(options, id);
      return streamTask(c, stub, looked);
    })
    .post("/v1/tasks/:id/cancel", operations.cancelling, async (c) => {
      const { id } = c.req.valid("param");
      const status = await answerOf(shardOf(options, id).cancel(id));
      if (status === "unknown") throw missing(options, id);
      if (status === "ended") throw new ProblemError("task-ended");
      const body: z.infer<typeof CancelAnswer> = { status };
      return c.json(body, status === "cancelled" ? 200 : 202);
    })
    .post("/v1/tasks/:id/retry", operations.retrying, async (c) => {
      const { id } = c.req.valid("param");
      const retried = await answerOf(shardOf(options, id).retry(id));
      if (retried === "unknown") throw missing(options, id);
      if (retried === "refused") throw new ProblemError("task-not-retryable");
      const body: z.infer<typeof Accepted> = { id };
      return c.json(body, 202);
    })
    .route("/", groupRoutes(options))
    .route("/", controlRoutes(options))
    .route("/", typeRoutes(options));
}
