import { ProblemError } from "../http/problem.ts";
import { answerOf as answerOfObject, unavailable } from "../http/unavailable.ts";
import { parseId } from "./id.ts";
import type { TaskOptions } from "./options.ts";
import type { ShardStub } from "./stub.ts";

/** Shards to put new tasks into. The shard of what there is is in its id. */
export const SHARDS = 4;

/** The shard of a task or a group. @throws {ProblemError} `not-found` for what is no id of one. */
export function shardOf({ shardFor }: TaskOptions, id: string, kind: "task" | "group" = "task"): ShardStub {
  const parsed = parseId(id);
  if (parsed === undefined || (parsed.kind === "group") !== (kind === "group") || parsed.shard >= SHARDS)
    throw new ProblemError("not-found", { detail: `There is no ${kind} \`${id}\`` });
  return shardFor(parsed.shard);
}

/** Waits for the answer of one shard. @throws {ProblemError} `tasks-unavailable`. */
export async function answerOf<T>(answer: Promise<T>): Promise<T> {
  return await answerOfObject(answer, "tasks-unavailable");
}

/** Why there is no task of this id: it has been forgotten, if it can have been, or was never there. */
export function missing({ tasks, epochMs }: TaskOptions, id: string): ProblemError {
  const retentions = Object.values(tasks.policies).map(({ retentionMs }) => retentionMs);
  const isOld = (parseId(id)?.madeMs ?? Infinity) + Math.min(...retentions) <= epochMs();
  return new ProblemError(isOld ? "task-gone" : "not-found", { detail: `There is no task \`${id}\`` });
}

/** What all shards say, and those that could not be asked. */
export interface FromAll<T> {
  readonly answers: readonly T[];
  readonly failed: readonly number[];
}

/** Asks all shards at once. @throws {ProblemError} `tasks-unavailable` when none of them answers. */
export async function askAll<T>(
  { shardFor, report }: TaskOptions,
  ask: (stub: ShardStub) => Promise<T>,
): Promise<FromAll<T>> {
  const settled = await Promise.allSettled(
    Array.from({ length: SHARDS }, async (_, shard) => await ask(shardFor(shard))),
  );
  const answers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.flatMap(({ status }, shard) => (status === "rejected" ? [shard] : []));
  for (const one of settled) if (one.status === "rejected") report("task-shard-failed", one.reason);
  if (answers.length === 0) throw unavailable("tasks-unavailable", { members: { partial: failed } });
  return { answers, failed };
}

/** Tells all shards. @throws {ProblemError} `tasks-unavailable` when one of them did not hear it. */
export async function tellAll<T>(
  options: TaskOptions,
  tell: (stub: ShardStub) => Promise<T>,
): Promise<readonly T[]> {
  const { answers, failed } = await askAll(options, tell);
  if (failed.length > 0) throw unavailable("tasks-unavailable", { members: { partial: failed } });
  return answers;
}
