import type * as z from "zod";
import { refuseInput } from "../http/input.ts";
import { suggest } from "../http/nearest.ts";
import { ProblemError } from "../http/problem.ts";
import type { NewTask } from "./book.ts";
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
  const parsed = await type.payload["~standard"].validate(body.payload);
  if (parsed.issues !== undefined) throw refusePayload(parsed.issues);
  const { concurrency, rate } = policies[body.type] ?? {};
  const slot =
    concurrency === undefined ? undefined : `${body.type}/${type.concurrencyKey?.(parsed.value) ?? ""}`;
  return {
    task: { type: body.type, payload, dueMs: dueMsOf(body, nowMs), slot },
    isLimited: concurrency !== undefined || rate !== undefined,
  };
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
