import { linkAbort } from "#kernel";
import type { TaskContext, TaskServices } from "../../src/tasks/context.ts";
import type { TaskType } from "../../src/tasks/define.ts";
import type { JsonValue } from "../../src/tasks/json.ts";

/** A request as the other side sees it. */
interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/** What plays the rest of the world for a handler. */
export interface Given {
  readonly answer: (request: Seen, init: RequestInit) => Response | Promise<Response>;
  readonly variables?: TaskServices["variables"];
  readonly hosts?: TaskServices["hosts"];
  readonly record?: JsonValue;
  /** Whether somebody else has the task by now. */
  readonly isLost?: boolean;
  readonly abort?: ReturnType<typeof linkAbort>;
}

/** Where a payload is wrong, as its schema says. */
export async function faultsOf({ payload: schema }: TaskType, payload: unknown): Promise<readonly string[]> {
  const { issues = [] } = await schema["~standard"].validate(payload);
  return issues.map(({ path = [] }) =>
    path.map((part) => (typeof part === "object" ? part.key : part).toString()).join("."),
  );
}

/** Runs one attempt of a task, and tells what it came to and what it did. */
export async function attempt(type: TaskType, payload: unknown, given: Given) {
  const parsed = await type.payload["~standard"].validate(payload);
  if (parsed.issues !== undefined) throw new Error(`Invalid: ${JSON.stringify(parsed.issues)}`);
  const seen: Seen[] = [];
  const records: (JsonValue | undefined)[] = [];
  const notes: string[] = [];
  let { record } = given;
  const services: TaskServices = {
    allowLoopback: false,
    hosts: given.hosts,
    variables: given.variables ?? {},
    async fetch(url, init = {}) {
      const { headers, method, body } = new Request(url, { ...init, signal: null });
      const text = body === null ? "" : await new Response(body).text();
      const request = { url: String(url), method, headers, body: text };
      seen.push(request);
      return await given.answer(request, init);
    },
  };
  const context: TaskContext<unknown> = {
    id: "task-1",
    payload: parsed.value,
    signal: (given.abort ?? linkAbort()).signal,
    attempt: 1,
    idempotencyKey: "task-1",
    fence: 1,
    progress: (fraction, note = "") => void notes.push(`${fraction} ${note}`),
    record: {
      get value() {
        return record;
      },
      async save(value) {
        record = value;
        await Promise.resolve(void records.push(value));
      },
    },
    services,
    async confirm() {
      await Promise.resolve();
      if (given.isLost === true) throw new Error("The lease is lost");
    },
  };
  const outcome = await type.handle(context).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  );
  return { ...outcome, seen, records, notes, services };
}
