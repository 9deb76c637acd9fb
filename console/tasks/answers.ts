import type * as z from "zod";
import type { TaskPage, TaskStats, TaskView } from "../../src/tasks/requests.ts";
import { getJson, type Exchange, refusal, type Refusal, type Unreachable } from "../exchange.ts";
import { isObject } from "../is-object.ts";
import type { Schema } from "../docs/document.ts";

/** A task in the list. */
export type TaskSummary = z.infer<typeof TaskPage>["items"][number];

/** A task that is open. */
export type Task = z.infer<typeof TaskView>;

/** How many there are of each type, in each state. */
export type Counts = z.infer<typeof TaskStats>["types"];

/** What can be enqueued. */
export interface TaskType {
  readonly type: string;
  /** `null` where nothing is known of it. */
  readonly payload: Schema | null;
}

/** What the page shows of all tasks; `partial` names the shards that did not answer. */
export interface Overview {
  readonly kind: "overview";
  readonly tasks: readonly TaskSummary[];
  readonly counts: Counts;
  readonly types: readonly TaskType[];
  readonly partial: readonly number[];
}

/** The newest tasks, how many there are of each type, and what can be enqueued. Rejects only when the signal aborts. */
export async function getOverview(
  _: undefined,
  signal: AbortSignal,
): Promise<Overview | Refusal | Unreachable> {
  const answers = await Promise.all(
    ["/v1/tasks?limit=50", "/v1/tasks/stats", "/v1/task-types"].map(
      async (target) => await getJson(target, signal),
    ),
  );
  const bodies: Record<string, unknown>[] = [];
  for (const exchange of answers) {
    if ("kind" in exchange) return exchange;
    if (exchange.status !== 200 || !isObject(exchange.body)) return refusal(exchange);
    bodies.push(exchange.body);
  }
  const [page = {}, stats = {}, types = {}] = bodies;
  // What the API promises.
  return {
    kind: "overview",
    tasks: page["items"] as readonly TaskSummary[],
    counts: stats["types"] as Counts,
    types: types["items"] as readonly TaskType[],
    partial: (page["partial"] ?? []) as readonly number[],
  };
}

/** A task by its id. */
export interface OpenTask {
  readonly kind: "task";
  readonly task: Task;
}

/** One task with all that happened to it. Rejects only when the signal aborts. */
export async function getTask(id: string, signal: AbortSignal): Promise<OpenTask | Refusal | Unreachable> {
  const exchange = await getJson(`/v1/tasks/${id}`, signal);
  if ("kind" in exchange) return exchange;
  if (exchange.status !== 200 || !isObject(exchange.body)) return refusal(exchange);
  // What the API promises.
  return { kind: "task", task: exchange.body as unknown as Task };
}

/** What became of something that was to be done: nothing, if it was done. */
export function complaintOf(answer: Exchange | Unreachable): Refusal | Unreachable | undefined {
  if ("kind" in answer) return answer;
  return answer.status < 300 ? undefined : refusal(answer);
}
