import { Hono } from "hono";
import type * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { idempotencyKey } from "../http/idempotency-key.ts";
import { ProblemError } from "../http/problem.ts";
import type { TaskOptions } from "./options.ts";
import { Accepted, GroupBody, GroupView, GroupWhy, TaskPath } from "./requests.ts";
import { enqueueGroup } from "./service.ts";
import { answerOf, shardOf } from "./shards.ts";
import type { LookedGroup } from "./stub.ts";
import { groupViewOf } from "./view.ts";

const grouping = guarded({
  scope: "tasks:write",
  summary: "Enqueues a group of tasks, all or none of them",
  description: "`next` is enqueued when all of them have ended, however they have.",
  takes: { json: GroupBody },
  fields: ["Idempotency-Key"],
  maxBodyBytes: 4 * 1024 * 1024,
  answers: { 202: { description: "They will be run", schema: Accepted } },
  problems: ["idempotency-key-reused", "tasks-unavailable"],
});

const looking = guarded({
  scope: "tasks:read",
  summary: "Shows how far a group is",
  takes: { param: TaskPath },
  answers: { 200: { description: "As it is now", schema: GroupView } },
  problems: ["not-found", "tasks-unavailable"],
});

const asking = guarded({
  scope: "tasks:read",
  summary: "Says what a group waits for",
  takes: { param: TaskPath },
  answers: {
    200: { description: "Tasks that have not ended, a hundred at most, and why not", schema: GroupWhy },
  },
  problems: ["not-found", "tasks-unavailable"],
});

/** Offers groups of tasks. */
export function groupRoutes(options: TaskOptions) {
  const look = async (id: string): Promise<LookedGroup> => {
    const looked = await answerOf(shardOf(options, id, "group").lookGroup(id));
    if (looked === undefined) throw new ProblemError("not-found");
    return looked;
  };
  return new Hono<CallerVariables>()
    .post("/v1/groups", grouping, async (c) => {
      const key = idempotencyKey(c.req.raw.headers);
      const id = await enqueueGroup(options, c.req.valid("json"), { caller: c.get("caller").name, key });
      const body: z.infer<typeof Accepted> = { id };
      return c.json(body, 202, { Location: `/v1/groups/${id}` });
    })
    .get("/v1/groups/:id", looking, async (c) => {
      const body: z.infer<typeof GroupView> = groupViewOf(await look(c.req.valid("param").id));
      return c.json(body, 200);
    })
    .get("/v1/groups/:id/why", asking, async (c) => {
      const { why } = await look(c.req.valid("param").id);
      const body: z.infer<typeof GroupWhy> = { items: [...why] };
      return c.json(body, 200);
    });
}
