import { type BenchCase, type Measurement, type Round, WrongAnswerError } from "../harness/bench.ts";
import type { Server } from "../harness/server.ts";
import type { Exercised } from "./exercise.ts";
import type { Stopped } from "./stopping.ts";

/** Tasks that do next to nothing: what is measured is all that is around them. */
export interface TaskCase extends BenchCase {
  /** To be run to their end; to be cancelled while they run; to be lost with a runtime that is killed. */
  readonly kind: "run" | "cancel" | "kill";
  readonly count: number;
  /** So many are enqueued with one call. */
  readonly batch?: number;
  /** One after the other, so far apart: what a single one waits for. */
  readonly everyMs?: number;
}

/** After a kill, a task that ran is not given to others before its lease is over. */
const MOST_RECOVERY_MS = 120_000;
const POLL_MS = 50;

/** Does one round. @throws {WrongAnswerError} */
export async function measure(server: Server, work: TaskCase, { isQuick }: Round): Promise<Measurement> {
  const count = isQuick ? work.count / 4 : work.count;
  switch (work.kind) {
    case "run":
      return await run(server, { ...work, count });
    case "cancel":
      return await cancel(server, count);
    case "kill":
      return await kill(server, count);
  }
}

async function run(server: Server, { count, batch = 1, everyMs = 0 }: TaskCase): Promise<Measurement> {
  const query = `count=${count}&batch=${batch}&everyMs=${everyMs}`;
  const { enqueueMs, totalMs, startsMs, fault } = await ask<Exercised>(server, `/round?${query}`);
  if (fault !== undefined) throw new WrongAnswerError(fault);
  if (everyMs === 0)
    return { "ended/s": (count / totalMs) * 1_000, "enqueued/s": (count / enqueueMs) * 1_000 };
  return { "start p50 ms": at(startsMs, 0.5), "start p99 ms": at(startsMs, 0.99) };
}

async function cancel(server: Server, count: number): Promise<Measurement> {
  const { stopsMs, fault } = await ask<Stopped>(server, `/stop?count=${count}`);
  if (fault !== undefined) throw new WrongAnswerError(fault);
  return { "stop p50 ms": at(stopsMs, 0.5), "stop p99 ms": at(stopsMs, 0.99) };
}

async function kill(server: Server, count: number): Promise<Measurement> {
  const endedBefore = await ask<number>(server, "/count?state=succeeded");
  await ask(server, `/lose?count=${count}`);
  await until(async () => (await ask<number>(server, "/count?state=running")) === count);
  const beganMs = performance.now();
  await server.restart();
  // It may still be about to answer its first request.
  const succeeded = async () => await ask<number>(server, "/count?state=succeeded").catch(() => undefined);
  await until(async () => (await succeeded()) === endedBefore + count);
  return { "recovery s": (performance.now() - beganMs) / 1_000 };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + MOST_RECOVERY_MS;
  while (!(await isTrue())) {
    if (performance.now() > untilMs) throw new WrongAnswerError(`Nothing in ${MOST_RECOVERY_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function ask<T>({ url }: Server, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`);
  if (response.ok) return (await response.json()) as T; // what all contenders answer with
  throw new WrongAnswerError(`status ${response.status}: ${(await response.text()).slice(0, 200)}`);
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? 0;
}
