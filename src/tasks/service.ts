import type * as z from "zod";
import { fingerprint } from "../http/fingerprint.ts";
import { refuseInput } from "../http/input.ts";
import { suggest } from "../http/nearest.ts";
import { ProblemError } from "../http/problem.ts";
import type { Enqueue } from "./enqueue.ts";
import { type MakeId, parseId } from "./id.ts";
import type { PlannedTasks } from "./plan.ts";
import type { NewTaskBody } from "./requests.ts";
import type { ShardStub } from "./stub.ts";

/** Shards to put new tasks into. A task's own is in its id, so this number may change. */
export const SHARDS = 4;

/** The longest payload, as JSON. */
const MOST_PAYLOAD_CHARACTERS = 65_536;
const YEAR_MS = 366 * 86_400_000;

/** Where tasks are, and which types there are. */
export interface TaskOptions {
  readonly tasks: PlannedTasks;
  readonly shardFor: (shard: number) => ShardStub;
  readonly makeId: MakeId;
  readonly epochMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Checks a task that somebody wants, and makes what is enqueued of it. @throws {ProblemError} */
export async function prepare(
  { tasks, makeId, epochMs, random }: TaskOptions,
  body: z.output<typeof NewTaskBody>,
  once: { readonly caller: string; readonly key: string | undefined },
): Promise<{ readonly shard: number; readonly task: Enqueue }> {
  const type = tasks.types.get(body.type);
  if (type === undefined) {
    throw refuseInput(
      "type",
      `there is no type \`${body.type}\`; ${suggest(body.type, [...tasks.types.keys()])}`,
    );
  }
  const payload = JSON.stringify(body.payload ?? null);
  if (payload.length > MOST_PAYLOAD_CHARACTERS) {
    throw new ProblemError("content-too-large", {
      detail: `Expected a payload of at most ${MOST_PAYLOAD_CHARACTERS} characters of JSON`,
    });
  }
  const parsed = await type.payload["~standard"].validate(body.payload);
  if (parsed.issues !== undefined) throw refusePayload(parsed.issues);
  const policy = tasks.policies[body.type];
  const isLimited = policy?.concurrency !== undefined || policy?.rate !== undefined;
  const key = once.key ?? body.key;
  const place = JSON.stringify([once.caller, body.type, key]);
  // What is limited is in one place, so that its limits are exact; what has a key, where the key is.
  const shard = isLimited ? 0 : key === undefined ? Math.floor(random() * SHARDS) : placeOf(place);
  const slot =
    policy?.concurrency === undefined
      ? undefined
      : `${body.type}/${type.concurrencyKey?.(parsed.value) ?? ""}`;
  const task: Enqueue = {
    id: makeId("task", shard),
    type: body.type,
    payload,
    dueMs: dueMsOf(body, epochMs()),
    slot,
    ...(key !== undefined && { once: { key: place, fingerprint: fingerprint(JSON.stringify(body)) } }),
  };
  return { shard, task };
}

function refusePayload(
  issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[],
) {
  const faults = issues.map(({ message, path = [] }) => {
    const keys = path.map((part) =>
      typeof part === "object" && part !== null && "key" in part ? part.key : part,
    );
    return { path: ["payload", ...keys].join("."), message };
  });
  const [first] = faults;
  return refuseInput(first?.path ?? "payload", first?.message ?? "it does not match").with({
    members: { faults },
  });
}

function placeOf(key: string): number {
  return Number.parseInt(fingerprint(key).slice(-4), 16) % SHARDS;
}

function dueMsOf({ runAt, delayMs }: z.output<typeof NewTaskBody>, nowMs: number): number | undefined {
  if (runAt !== undefined && delayMs !== undefined)
    throw refuseInput("runAt", "expected `runAt` or `delayMs`, got both");
  if (runAt === undefined) return delayMs === undefined ? undefined : nowMs + delayMs;
  const dueMs = Date.parse(runAt);
  if (dueMs > nowMs + YEAR_MS) throw refuseInput("runAt", "expected a time within a year");
  return dueMs;
}

/** The shard of a task. @throws {ProblemError} `not-found` for what is no id. */
export function shardOf({ shardFor }: TaskOptions, id: string): ShardStub {
  const parsed = parseId(id);
  if (parsed === undefined || parsed.kind === "group" || parsed.shard >= SHARDS)
    throw new ProblemError("not-found");
  return shardFor(parsed.shard);
}
