import { type Clock, retry, systemClock } from "#kernel";
import { fingerprint } from "../http/fingerprint.ts";
import { suggest } from "../http/nearest.ts";
import { ProblemError } from "../http/problem.ts";
import type { TaskType } from "./define.ts";
import type { TaskOptions } from "./options.ts";
import type { PlannedTasks } from "./plan.ts";
import { enqueueOne } from "./service.ts";

/** A task that is enqueued again and again, by the clock. */
export interface CronEntry {
  /** One of the expressions of `[triggers]` in wrangler.toml, to the letter; in UTC. */
  readonly cron: string;
  /** The type of the task. */
  readonly type: string;
  readonly payload?: unknown;
}

/** A moment that an expression stands for, as the platform tells of it. It may tell of it twice. */
export interface CronEvent {
  readonly cron: string;
  /** The moment that was meant, not the one that it is. */
  readonly scheduledTime: number;
}

/** Checks entries against the task types. That the platform knows the expressions is checked when it is started. */
export function planCron(
  entries: readonly CronEntry[],
  { types }: PlannedTasks,
  report: (fault: string) => void,
): readonly CronEntry[] {
  const seen = new Set<string>();
  for (const entry of entries) {
    const reportEntry = (fault: string) => report(`cron \`${entry.cron}\`: ${fault}`);
    const text = JSON.stringify(entry);
    if (seen.has(text)) reportEntry(`expected each task once, got \`${entry.type}\` twice`);
    seen.add(text);
    const type = types.get(entry.type);
    if (type === undefined) {
      reportEntry(`there is no type \`${entry.type}\`; ${suggest(entry.type, [...types.keys()])}`);
      continue;
    }
    const fault = payloadFault(type, entry.payload);
    if (fault !== undefined) reportEntry(`the payload of \`${entry.type}\`: ${fault}`);
  }
  return entries;
}

function payloadFault({ payload: schema }: TaskType, payload: unknown): string | undefined {
  try {
    const checked = schema["~standard"].validate(payload);
    if (!(checked instanceof Promise)) return checked.issues?.[0]?.message;
    // One that checks asynchronously is asked when the task is enqueued, and that fails then. One of Zod's that throws does.
    checked.catch(() => undefined);
    return undefined;
  } catch (error) {
    return `its schema failed: ${String(error)}`;
  }
}

/** A trigger is fired once, and nobody calls again. */
const RETRIES = {
  attempts: 5,
  baseMs: 200,
  capMs: 5_000,
  // What is wrong with a task does not change; that its shard is away does.
  isRetryable: (error: unknown) => !(error instanceof ProblemError) || error.problem.status >= 500,
};

/**
 * Enqueues what an expression stands for, each task once for a moment however often the platform tells of it.
 *
 * @throws What a task could not be enqueued for, after the others were.
 */
export async function fireCron(
  { cron, scheduledTime }: CronEvent,
  entries: readonly CronEntry[],
  options: TaskOptions,
  clock: Clock = systemClock,
): Promise<void> {
  const moment = new Date(scheduledTime).toISOString();
  const failures: unknown[] = [];
  for (const { type, payload } of entries.filter((entry) => entry.cron === cron)) {
    const key = `${moment} ${fingerprint(JSON.stringify(payload ?? null))}`;
    const enqueue = async () => await enqueueOne(options, { type, payload, key }, CALLER);
    await retry(enqueue, { ...RETRIES, random: options.random }, { clock }).catch((error: unknown) =>
      failures.push(error),
    );
  }
  if (failures.length > 0) throw failures[0];
}

/** Whose tasks they are; no token can have this name. */
const CALLER = "$cron";
