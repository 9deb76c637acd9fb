import type * as z from "zod";
import { refuseInput } from "../http/input.ts";
import { suggest } from "../http/nearest.ts";
import { ProblemError } from "../http/problem.ts";
import type { NewTask } from "./row.ts";
import type { TaskType } from "./define.ts";
import type { PlannedTasks } from "./plan.ts";
import { MOST_TEXT_CHARACTERS, payloadText } from "./pointer.ts";
import type { NewTaskBody } from "./requests.ts";

const YEAR_MS = 366 * 86_400_000;

/** A task that may be enqueued, but for its id. */
export interface Prepared {
  readonly task: Omit<NewTask, "id">;
  /** Whether its type is limited, and so in one place: its limits are exact there. */
  readonly isLimited: boolean;
}

/** Checks a task that somebody wants. @throws {ProblemError} */
export async function prepare(
  { types, policies }: PlannedTasks,
  body: Omit<z.output<typeof NewTaskBody>, "key">,
  nowMs: number,
): Promise<Prepared> {
  const type = types.get(body.type);
  if (type === undefined) {
    const known = suggest(body.type, [...types.keys()]);
    throw refuseInput("type", `there is no type \`${body.type}\`; ${known}`);
  }
  const payload = payloadText(body.payload);
  if (payload.length > MOST_TEXT_CHARACTERS) {
    throw new ProblemError("content-too-large", {
      detail: `Expected a payload of at most ${MOST_TEXT_CHARACTERS} characters of JSON`,
    });
  }
  const { concurrency, rate } = policies[body.type] ?? {};
  const slot = await examine(type, body.payload);
  return {
    task: {
      type: body.type,
      payload,
      dueMs: dueMsOf(body, nowMs),
      slot: concurrency === undefined ? undefined : slot,
    },
    isLimited: concurrency !== undefined || rate !== undefined,
  };
}

/**
 * Checks a payload. The functions of a type are a user's, and may throw: that is the fault of this task, and of no other
 * that came with it.
 *
 * @returns What its concurrency is counted by.
 * @throws {ProblemError} `internal-error` with the cause, for what the type's functions throw.
 */
async function examine(type: TaskType, payload: unknown): Promise<string> {
  try {
    const parsed = await type.payload["~standard"].validate(payload);
    if (parsed.issues !== undefined) throw refusePayload(parsed.issues);
    return `${type.name}/${type.concurrencyKey?.(parsed.value) ?? ""}`;
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    const detail = `The type \`${type.name}\` failed to check the payload`;
    throw new ProblemError("internal-error", { detail, cause });
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
}

function refusePayload(issues: readonly Issue[]): ProblemError {
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

interface When {
  readonly runAt?: string | undefined;
  readonly delayMs?: number | undefined;
}

function dueMsOf({ runAt, delayMs }: When, nowMs: number): number | undefined {
  if (runAt !== undefined && delayMs !== undefined)
    throw refuseInput("runAt", "expected `runAt` or `delayMs`, got both");
  if (runAt === undefined) return delayMs === undefined ? undefined : nowMs + delayMs;
  const dueMs = Date.parse(runAt);
  if (dueMs > nowMs + YEAR_MS) throw refuseInput("runAt", "expected a time within a year");
  return dueMs;
}
