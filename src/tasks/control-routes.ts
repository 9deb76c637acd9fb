import { Hono } from "hono";
import type * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { ProblemError } from "../http/problem.ts";
import { PauseAnswer, RedriveAnswer, RedriveBody, TypePath } from "./requests.ts";
import type { TaskOptions } from "./options.ts";
import { answerOf, SHARDS, tellAll } from "./shards.ts";

const pausing = guarded({
  scope: "tasks:write",
  summary: "Starts no more tasks of a type",
  description: "What runs goes on; what is enqueued waits.",
  takes: { param: TypePath },
  answers: { 200: { description: "It is paused", schema: PauseAnswer } },
  problems: ["not-found", "tasks-unavailable"],
});

const resuming = guarded({
  scope: "tasks:write",
  summary: "Starts the tasks of a type again",
  takes: { param: TypePath },
  answers: { 200: { description: "It is not paused", schema: PauseAnswer } },
  problems: ["not-found", "tasks-unavailable"],
});

const redriving = guarded({
  scope: "tasks:write",
  summary: "Gives dead tasks a new life",
  description: "So many at most. Where a shard is away, those before it are redriven: ask again.",
  takes: { json: RedriveBody },
  answers: { 200: { description: "So many will be run", schema: RedriveAnswer } },
  problems: ["tasks-unavailable"],
});

/** Offers what is done to many tasks at once. */
export function controlRoutes(options: TaskOptions) {
  const setPaused = async (type: string, isPaused: boolean): Promise<z.infer<typeof PauseAnswer>> => {
    if (!options.tasks.types.has(type)) throw new ProblemError("not-found");
    await tellAll(options, async (stub) => await stub.setPaused(type, isPaused));
    return { type, isPaused };
  };
  return new Hono<CallerVariables>()
    .post("/v1/task-types/:type/pause", pausing, async (c) =>
      c.json(await setPaused(c.req.valid("param").type, true), 200),
    )
    .post("/v1/task-types/:type/resume", resuming, async (c) =>
      c.json(await setPaused(c.req.valid("param").type, false), 200),
    )
    .post("/v1/dead/redrive", redriving, async (c) => {
      const { type, most } = c.req.valid("json");
      let count = 0;
      // One after the other, so that it is so many of all of them at most.
      for (let shard = 0; shard < SHARDS && count < most; shard += 1)
        count += await answerOf(options.shardFor(shard).redrive({ type, most: most - count }));
      const body: z.infer<typeof RedriveAnswer> = { count };
      return c.json(body, 200);
    });
}
