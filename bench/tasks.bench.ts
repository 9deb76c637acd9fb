import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import {
  type Bench,
  type BenchCase,
  type Contender,
  type Measurement,
  MissingError,
  type Round,
  WrongAnswerError,
} from "./harness/bench.ts";
import { peerProgram } from "./harness/peer.ts";
import { findPython } from "./harness/python.ts";
import { type Server, startNode, startServer } from "./harness/server.ts";
import type { Exercised } from "./tasks/exercise.ts";
import { startManifoldTasks } from "./tasks/start-manifold.ts";

/** Tasks that do next to nothing: what is measured is all that is around them. */
interface TaskCase extends BenchCase {
  readonly count: number;
  /** So many are enqueued with one call. */
  readonly batch: number;
  /** One after the other, so far apart: what a single one waits for. */
  readonly everyMs?: number;
}

const CASES: readonly TaskCase[] = [
  { name: "one by one", count: 2_000, batch: 1, isQuick: true },
  { name: "in hundreds", count: 5_000, batch: 100, isQuick: true },
  { name: "light load", count: 100, batch: 1, everyMs: 10, isQuick: false },
];

type TaskContender = Contender<AsyncDisposable, TaskCase>;

const MEMORY = new URL("tasks/memory-server.ts", import.meta.url);
const REDIS = "redis-server";

const bullmq = (concurrency: number) =>
  contender(`BullMQ, concurrency ${concurrency}`, async () => {
    const server = peerProgram("bullmq", "bullmq-server.js");
    expectRedis();
    return await startNode(server, String(concurrency));
  });

const CELERY = new URL("tasks/celery_server.py", import.meta.url);

/** A process a core, as it is by default. */
const celery = contender("Celery", async () => {
  const python = await findPython("celery, redis");
  expectRedis();
  return await startServer((port) => [python, CELERY.pathname, String(availableParallelism()), String(port)]);
});

/** What it costs to have a task run, and to know that it was. */
export const bench: Bench<AsyncDisposable, TaskCase> = {
  name: "tasks",
  claim:
    "How many tasks a second are accepted and run to their end with a result, and how long one waits to start.",
  metrics: [
    { name: "ended/s", better: "more", isDrawn: true },
    { name: "enqueued/s", better: "more", isDrawn: true },
    { name: "start p50 ms", better: "less", isDrawn: false },
    { name: "start p99 ms", better: "less", isDrawn: false },
  ],
  cases: CASES,
  contenders: [
    contender("manifold", startManifoldTasks),
    bullmq(1),
    bullmq(10),
    bullmq(50),
    celery,
    contender("in memory", async () => await startNode(MEMORY)),
  ],
  targets: ["one by one", "in hundreds"].map((name) => ({
    case: name,
    contender: "manifold",
    metric: "ended/s",
    against: "BullMQ, concurrency 50",
    atLeast: 1.5,
  })),
  notes: [
    "32 callers enqueue inside the process (or isolate) that also runs the tasks, so that HTTP is not what is measured; Celery's workers are processes of their own, one a core, and acknowledge late. A round is over when the queue itself says that all have ended; then each result is looked at, and none may be missing or have been made twice.",
    "Manifold runs on Miniflare, whose queue is in memory; its ledger is SQLite on this machine's disk, durable before anything is answered. The Redis of BullMQ and Celery writes its log every second, so it may lose a second. The queue in memory loses everything.",
    "A start is counted from when the task was made to when its handler begins.",
  ],
  setUp: () => Promise.resolve({ [Symbol.asyncDispose]: async () => await Promise.resolve() }),
};

function contender(name: string, start: () => Promise<Server>): TaskContender {
  return {
    name,
    async start() {
      const server = await start();
      return {
        measure: async (work, round) => await measure(server, work, round),
        [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
      };
    },
  };
}

async function measure({ url }: Server, work: TaskCase, { isQuick }: Round): Promise<Measurement> {
  const count = isQuick ? work.count / 4 : work.count;
  const response = await fetch(
    `${url}/round?count=${count}&batch=${work.batch}&everyMs=${work.everyMs ?? 0}`,
  );
  if (!response.ok)
    throw new WrongAnswerError(`status ${response.status}: ${(await response.text()).slice(0, 200)}`);
  const { enqueueMs, totalMs, startsMs, fault } = (await response.json()) as Exercised; // what all contenders answer with
  if (fault !== undefined) throw new WrongAnswerError(fault);
  if (work.everyMs === undefined)
    return { "ended/s": (count / totalMs) * 1_000, "enqueued/s": (count / enqueueMs) * 1_000 };
  const sorted = startsMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { "start p50 ms": at(0.5), "start p99 ms": at(0.99) };
}

function expectRedis(): void {
  if (spawnSync(REDIS, ["--version"]).status !== 0)
    throw new MissingError(`${REDIS} is not installed: run bench/install-peers.sh`);
}
