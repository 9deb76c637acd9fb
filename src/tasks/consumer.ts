import { type Clock, linkAbort, type LinkedAbort, queueTimers, retry, sleep } from "#kernel";
import type { Claimed } from "./claim.ts";
import { CLEAN_UP, cleanUpTask } from "./clean-up.ts";
import type { TaskServices } from "./context.ts";
import { DEFAULT_POLICY } from "./define.ts";
import { parseId } from "./id.ts";
import type { PlannedTasks } from "./plan.ts";
import type { Progress } from "./row.ts";
import { runTask, tellToStop } from "./run-task.ts";
import { shareServices } from "./services.ts";
import type { Report } from "./settle.ts";
import type { ShardStub } from "./stub.ts";

/** A wake-up: the id of a task. */
export interface WakeUp {
  readonly body: unknown;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** What a worker needs. */
export interface ConsumerPorts {
  readonly tasks: PlannedTasks;
  readonly shardFor: (shard: number) => ShardStub;
  readonly services: TaskServices;
  readonly clock: Clock;
  /** Names this worker. */
  readonly worker: string;
  /** @param about The tasks that it befell; an id tells the shard. */
  report(
    this: void,
    event: string,
    error: unknown,
    about: { tasks: number; first: string | undefined },
  ): void;
  /**
   * Takes over the running of so many tasks, and settles when the next batch may come; without it, a batch lasts as long
   * as they do. For where batches come one at a time.
   */
  readonly hold?: ((running: Promise<void>, tasks: number) => Promise<void>) | undefined;
}

/** How often a worker shows that it is alive; a third of the lease at most. */
const BEAT_MS = 10_000;
/** How often where handlers say how far they are, for somebody may be watching. */
const TALKING_MS = 1_000;
/** How often a report is tried; then the lease runs out by itself. */
const MOST_REPORTS = 5;

/**
 * Runs the tasks of one batch: claims them with one call a shard, runs them at once, shows that it is alive, reports what
 * became of them, and only then acknowledges. Settles when all of it is done.
 */
export async function consume(messages: readonly WakeUp[], ports: ConsumerPorts): Promise<void> {
  // Nearly all limits on a task's time are not reached: one timer of the platform's for all of a batch.
  const shared = { ...ports, services: shareServices(ports.services), clock: queueTimers(ports.clock) };
  const shards = new Map<number, WakeUp[]>();
  for (const message of messages) {
    const id = typeof message.body === "string" ? parseId(message.body) : undefined;
    if (id === undefined) message.ack();
    else shards.set(id.shard, [...(shards.get(id.shard) ?? []), message]);
  }
  await Promise.all([...shards].map(async ([shard, own]) => await consumeShard(shard, own, shared)));
}

async function consumeShard(shard: number, messages: readonly WakeUp[], ports: ConsumerPorts): Promise<void> {
  const stub = ports.shardFor(shard);
  const ids = messages.map(({ body }) => String(body));
  let claimed: readonly Claimed[];
  try {
    claimed = await stub.claim(ports.worker, ids);
  } catch (error) {
    ports.report("task-claim-failed", error, about(ids));
    for (const message of messages) message.retry({ delaySeconds: 1 });
    return;
  }
  if (claimed.length > 0) {
    const running = runAll(claimed, stub, ports);
    if (ports.hold === undefined) await running;
    else await ports.hold(running, claimed.length);
  }
  for (const message of messages) message.ack();
}

interface Running {
  readonly claimed: Claimed;
  readonly abort: LinkedAbort;
  progress: Progress | undefined;
}

async function runAll(claimed: readonly Claimed[], stub: ShardStub, ports: ConsumerPorts): Promise<void> {
  const running = new Map<string, Running>(
    claimed.map((one) => [one.id, { claimed: one, abort: linkAbort(), progress: undefined }]),
  );
  const reports: Report[] = [];
  let telling: Promise<void> | undefined;
  /** What ends together is reported together, and slow ones hold nobody up. */
  const tellSoon = async () => {
    await sleep(0, undefined, ports.clock);
    telling = undefined;
    await tell(reports.splice(0), stub, ports);
  };
  using beating = linkAbort();
  const beats = keepAlive(running, stub, ports, beating);
  await Promise.all(
    [...running.values()].map(async (one) => {
      const { id, fence } = one.claimed;
      const outcome = await runOne(one, stub, ports);
      running.delete(id);
      reports.push({ id, fence, outcome });
      await (telling ??= tellSoon());
    }),
  );
  beating.abort();
  await beats;
}

async function runOne(one: Running, stub: ShardStub, { tasks, services, clock }: ConsumerPorts) {
  const { id, fence, type: name } = one.claimed;
  const type = name === CLEAN_UP ? cleanUpTask(tasks.types) : tasks.types.get(name);
  const policy = name === CLEAN_UP ? DEFAULT_POLICY : tasks.policies[name];
  if (type === undefined || policy === undefined) {
    const error = { code: "unknown-type", message: `This version knows no type \`${name}\`` };
    // While a deploy is under way, another worker may know it.
    return { kind: "failed", error, isRetryable: true } as const;
  }
  return await runTask({
    claimed: one.claimed,
    type,
    policy,
    services,
    abort: one.abort,
    clock,
    progress: (progress) => void (one.progress = progress),
    saveRecord: async (value) => {
      if (!(await stub.saveRecord(id, fence, value))) throw new Error(LOST);
    },
    async confirm() {
      const { lost } = await retry(async () => await stub.beat([{ id, fence, isTold: true }], 0), CONFIRM, {
        clock,
        signal: one.abort.signal,
      });
      if (lost.length > 0) throw new Error(LOST);
    },
  });
}

const LOST = "The lease is lost";

/** A shard that is away for a moment does not cost what took minutes. */
const CONFIRM = { attempts: 4, baseMs: 100, capMs: 1_000, isRetryable: () => true };

async function tell(reports: readonly Report[], stub: ShardStub, ports: ConsumerPorts): Promise<void> {
  for (let attempt = 1; attempt <= MOST_REPORTS; attempt += 1) {
    try {
      await stub.report(reports);
      return;
    } catch (error) {
      ports.report("task-report-failed", error, about(reports.map(({ id }) => id)));
      await sleep(100 * 2 ** attempt, undefined, ports.clock);
    }
  }
}

/** Renews the leases of what runs, and hears at once of what should stop. */
async function keepAlive(
  running: ReadonlyMap<string, Running>,
  stub: ShardStub,
  ports: ConsumerPorts,
  { signal }: LinkedAbort,
): Promise<void> {
  /** Their handlers were told to stop. */
  const told = new Set<string>();
  const lost = new Set<string>();
  let holdMs = TALKING_MS / 2;
  // What is over in a moment needs no beat.
  await sleep(FIRST_BEAT_MS, signal, ports.clock).catch(() => undefined); // aborted: all is done
  while (!signal.aborted) {
    const beats = [...running.values()]
      .filter(({ claimed: { id } }) => !lost.has(id))
      .map(({ claimed: { id, fence }, progress }) => ({ id, fence, progress, isTold: told.has(id) }));
    if (beats.length === 0) return;
    const isTalking = beats.some(({ progress }) => progress !== undefined);
    // The longer all are silent, the less there is to expect.
    holdMs = Math.min(isTalking ? TALKING_MS : 2 * holdMs, BEAT_MS, ports.tasks.beatMs);
    try {
      const answer = await Promise.race([stub.beat(beats, holdMs), aborted(signal)]);
      for (const { id, progress } of beats) {
        const one = running.get(id);
        // Said once is enough, and what was said meanwhile is for the next.
        if (one !== undefined && one.progress === progress) one.progress = undefined;
      }
      for (const id of answer?.lost ?? []) lost.add(id);
      for (const id of answer === undefined ? [] : [...answer.cancel, ...answer.lost]) {
        const one = running.get(id);
        if (one !== undefined) tellToStop(one.abort, new Error("The task was cancelled"));
        told.add(id);
      }
    } catch (error) {
      ports.report("task-beat-failed", error, about(beats.map(({ id }) => id)));
      await sleep(1_000, signal, ports.clock).catch(() => undefined); // aborted: all is done
    }
  }
}

const FIRST_BEAT_MS = 100;

const about = (ids: readonly string[]) => ({ tasks: ids.length, first: ids[0] });

async function aborted(signal: LinkedAbort["signal"]): Promise<undefined> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", resolve, { once: true });
  });
  return undefined;
}
