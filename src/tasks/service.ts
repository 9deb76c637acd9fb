import type * as z from "zod";
import { fingerprint } from "../http/fingerprint.ts";
import { ProblemError } from "../http/problem.ts";
import { hideTokens } from "../http/token-form.ts";
import type { Enqueue, Enqueued, EnqueueGroup } from "./enqueue.ts";
import type { TaskOptions } from "./options.ts";
import { prepare, type Prepared } from "./prepare.ts";
import type { GroupBody, NewTaskBody } from "./requests.ts";
import { answerOf, SHARDS } from "./shards.ts";
import type { ShardStub } from "./stub.ts";

interface Placed {
  readonly shard: number;
  readonly task: Enqueue;
}

/** Enqueues a task, once for a key. @throws {ProblemError} */
export async function enqueueOne(
  options: TaskOptions,
  body: z.output<typeof NewTaskBody>,
  caller: string,
): Promise<{ readonly id: string; readonly stub: ShardStub }> {
  const { shard, task } = await place(options, body, caller);
  const stub = options.shardFor(shard);
  const [enqueued] = await answerOf(stub.enqueue([task]));
  return { id: idOf(enqueued), stub };
}

/** What became of one of many. */
export type BatchItem =
  | { readonly status: 202; readonly id: string }
  | { readonly status: number; readonly problem: Record<string, unknown> };

/**
 * Enqueues tasks with one call a shard. Each that cannot be is refused by itself.
 *
 * @param key Under which those that have none of their own are enqueued once, each for its place.
 */
export async function enqueueMany(
  options: TaskOptions,
  bodies: readonly z.output<typeof NewTaskBody>[],
  caller: string,
  key?: string,
): Promise<readonly BatchItem[]> {
  const items: BatchItem[] = [];
  /** Types of which one has failed: it is told of once, for a thousand may fail in the same way. */
  const failed = new Set<string>();
  const shards = new Map<number, { readonly index: number; readonly task: Enqueue }[]>();
  for (const [index, body] of bodies.entries()) {
    try {
      const { shard, task } = await place(options, { ...body, key: body.key ?? keyAt(index, key) }, caller);
      shards.set(shard, [...(shards.get(shard) ?? []), { index, task }]);
    } catch (error) {
      const item = refusal(error);
      items[index] = item;
      if (item.status < 500 || failed.has(body.type)) continue;
      failed.add(body.type);
      options.report("task-type-failed", error);
    }
  }
  await Promise.all(
    [...shards].map(async ([shard, placed]) => {
      const answers = await options
        .shardFor(shard)
        .enqueue(placed.map(({ task }) => task))
        .catch((error: unknown) => {
          options.report("task-enqueue-failed", error);
          return undefined; // said of each of its tasks below
        });
      for (const [nth, { index }] of placed.entries()) {
        try {
          if (answers === undefined) throw new ProblemError("tasks-unavailable");
          items[index] = { status: 202, id: idOf(answers[nth]) };
        } catch (error) {
          items[index] = refusal(error);
        }
      }
    }),
  );
  return items;
}

/** The key of one of many that are enqueued under a key together; no field can have such a one. */
const keyAt = (index: number, key: string | undefined) => (key === undefined ? undefined : `${key} ${index}`);

/** Enqueues a group, all of it or nothing. @throws {ProblemError} */
export async function enqueueGroup(
  { tasks, shardFor, makeId, epochMs, random }: TaskOptions,
  body: z.output<typeof GroupBody>,
  { caller, key }: { readonly caller: string; readonly key: string | undefined },
): Promise<string> {
  const nowMs = epochMs();
  const prepared: Prepared[] = [];
  for (const one of body.tasks) prepared.push(await prepare(tasks, one, nowMs));
  const next = body.next && (await prepare(tasks, body.next, nowMs));
  const isLimited = [...prepared, ...(next === undefined ? [] : [next])].some((one) => one.isLimited);
  const { shard, once } = whereTo({ isLimited, place: ["group", caller, key], key, body }, random);
  const withId = ({ task }: Prepared) => ({ ...task, id: makeId("task", shard) });
  const group: EnqueueGroup = {
    id: makeId("group", shard),
    tasks: prepared.map(withId),
    next: next && withId(next),
    once,
  };
  return idOf(await answerOf(shardFor(shard).enqueueGroup(group)));
}

async function place(
  { tasks, makeId, epochMs, random }: TaskOptions,
  body: z.output<typeof NewTaskBody>,
  caller: string,
): Promise<Placed> {
  const { isLimited, task } = await prepare(tasks, body, epochMs());
  const { key } = body;
  const { shard, once } = whereTo({ isLimited, place: ["task", caller, body.type, key], key, body }, random);
  return { shard, task: { ...task, id: makeId("task", shard), once } };
}

interface Wanted {
  readonly isLimited: boolean;
  readonly place: readonly unknown[];
  readonly key: string | undefined;
  readonly body: unknown;
}

/** What is limited is in one place, so that its limits are exact; what has a key, where the key is. */
function whereTo({ isLimited, place: parts, key, body }: Wanted, random: () => number) {
  const name = JSON.stringify(parts);
  const once = key === undefined ? undefined : { key: name, fingerprint: fingerprint(JSON.stringify(body)) };
  if (isLimited) return { shard: 0, once };
  if (key === undefined) return { shard: Math.floor(random() * SHARDS), once };
  return { shard: Number.parseInt(fingerprint(name).slice(-4), 16) % SHARDS, once };
}

function idOf(enqueued: Enqueued | undefined): string {
  if (enqueued === undefined || enqueued.kind === "reused") throw new ProblemError("idempotency-key-reused");
  return enqueued.id;
}

function refusal(error: unknown): BatchItem {
  if (!(error instanceof ProblemError)) throw error;
  // What a caller sent may be in the detail, and part of that may be a token.
  const problem = JSON.parse(hideTokens(JSON.stringify(error.problem))) as typeof error.problem; // the same, but for them
  return { status: problem.status, problem };
}
