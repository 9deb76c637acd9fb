import * as z from "zod";
import { linkAbort } from "#kernel";
import type { TaskContext } from "../../../src/tasks/context.ts";
import {
  NotRetryableError,
  RetryAfterError,
  task,
  type TaskPolicy,
  type TaskType,
} from "../../../src/tasks/define.ts";
import { DEEDS, type TypeName } from "./plan.ts";

const Payload = z.object({ deed: z.enum(DEEDS), ms: z.int() });

type Context = TaskContext<z.infer<typeof Payload>>;

const COMMON: Partial<TaskPolicy> = {
  attempts: 4,
  timeoutMs: 50_000,
  backoff: { baseMs: 500, capMs: 8_000 },
};

/** What is special of a type. */
const POLICIES: Readonly<Record<TypeName, Partial<TaskPolicy>>> = {
  plain: {},
  slot: { concurrency: 2 },
  keyed: { concurrency: 1 },
  rated: { rate: { count: 3, perMs: 2_000 } },
  brief: { startWithinMs: 15_000, attempts: 2 },
};

/** The types of a play. Whatever their handlers do of the world, they do by `services.fetch`. */
export function typesOf(retentionMs: number): readonly TaskType[] {
  return Object.entries(POLICIES).map(([name, policy]) =>
    task(name, {
      ...COMMON,
      ...policy,
      retentionMs,
      payload: Payload,
      handle: run,
      cleanUp: async (record, services) => {
        const response = await services.fetch("wait/2000");
        await response.text();
        await services.fetch(`cleaned/${JSON.stringify(record)}`);
      },
    }),
  );
}

async function run(context: Context): Promise<unknown> {
  const { id, payload, services, attempt, fence, signal, progress, record } = context;
  const { deed, ms } = payload;
  if (deed === "kill") await services.fetch("kill");
  if (deed === "record") await record.save(`${id}/${fence}`);
  if (deed === "wait" || deed === "last") await pause(context, deed === "last" ? 40_000 : ms);
  progress(0.5);
  await services.fetch(`effect/${id}/${fence}`);
  switch (deed) {
    case "fail":
    case "record":
      throw new Error("It fails");
    case "fail-once":
      if (attempt === 1) throw new Error("It fails once");
      break;
    case "refuse":
      throw new NotRetryableError("It never works");
    case "later":
      if (attempt < 3) throw new RetryAfterError("Not now", 3_000);
      break;
    case "hang":
      await pause(context, Infinity);
      break;
    case "deaf":
      return await new Promise(() => undefined);
    case "strange":
      return 1n;
    default:
  }
  signal.throwIfAborted();
  return fence;
}

/** Waits, unless it is told to stop. */
async function pause({ services, signal }: Context, ms: number): Promise<void> {
  using abort = linkAbort(signal);
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else abort.signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // The connection is free while it waits.
  const response = await services.fetch(`wait/${ms}`);
  await Promise.race([response.text(), aborted]);
}
