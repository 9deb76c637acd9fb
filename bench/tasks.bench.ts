import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type Bench, type Contender, MissingError } from "./harness/bench.ts";
import { peerProgram } from "./harness/peer.ts";
import { findPython } from "./harness/python.ts";
import { type Server, startNode, startServer } from "./harness/server.ts";
import { measure, type TaskCase } from "./tasks/measure.ts";
import { startManifoldTasks } from "./tasks/start-manifold.ts";

const CASES: readonly TaskCase[] = [
  { name: "one by one", kind: "run", count: 2_000, batch: 1, isQuick: true },
  { name: "in hundreds", kind: "run", count: 5_000, batch: 100, isQuick: true },
  { name: "light load", kind: "run", count: 100, batch: 1, everyMs: 10, isQuick: false },
  { name: "cancelled while they run", kind: "cancel", count: 200, isQuick: true },
  { name: "killed while they run", kind: "kill", count: 20, isQuick: false },
];

type TaskContender = Contender<AsyncDisposable, TaskCase>;

const MEMORY = new URL("tasks/memory-server.ts", import.meta.url);
const REDIS = "redis-server";
const MANIFOLD = "manifold";

/** When Redis has its log on disk: within a second, as it comes, or before it answers, as Manifold has its own. */
type Fsync = "everysec" | "always";

const bullmqName = (concurrency: number, fsync: Fsync) =>
  `BullMQ, concurrency ${concurrency}${fsync === "always" ? ", as durable" : ""}`;

const bullmq = (concurrency: number, fsync: Fsync) =>
  contender(bullmqName(concurrency, fsync), async () => {
    const server = peerProgram("bullmq", "bullmq-server.js");
    expectRedis();
    return await startNode(server, String(concurrency), fsync);
  });

const CELERY = new URL("tasks/celery_server.py", import.meta.url);

/** A process a core, as it is by default. */
const celery = contender("Celery", async () => {
  const python = await findPython("celery, redis");
  expectRedis();
  return await startServer((port) => [
    python,
    fileURLToPath(CELERY),
    String(availableParallelism()),
    String(port),
  ]);
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
    { name: "stop p50 ms", better: "less", isDrawn: false },
    { name: "stop p99 ms", better: "less", isDrawn: false },
    { name: "recovery s", better: "less", isDrawn: false },
  ],
  cases: CASES,
  contenders: [
    contender(MANIFOLD, startManifoldTasks),
    bullmq(10, "always"),
    bullmq(50, "always"),
    bullmq(1, "everysec"),
    bullmq(10, "everysec"),
    bullmq(50, "everysec"),
    celery,
    contender("in memory", async () => await startNode(MEMORY)),
  ],
  targets: [
    ...["one by one", "in hundreds"].map((name) => ({
      case: name,
      contender: MANIFOLD,
      metric: "ended/s",
      against: bullmqName(50, "always"),
      atLeast: 1.5,
    })),
    { case: "light load", contender: MANIFOLD, metric: "start p99 ms", atMost: 100 },
    { case: "cancelled while they run", contender: MANIFOLD, metric: "stop p99 ms", atMost: 1_000 },
    { case: "killed while they run", contender: MANIFOLD, metric: "recovery s", atMost: 35 },
  ],
  notes: [
    "32 callers enqueue inside the process (or isolate) that also runs the tasks, so that HTTP is not what is measured; Manifold, its queue and its disk share one thread of one process, BullMQ and Redis have two; Celery's workers are processes of their own, one a core, and acknowledge late. A round is over when the queue itself says that all have ended; then each result is looked at, and none may be missing or have been made twice.",
    "Manifold runs on Miniflare, whose queue is in memory; its ledger is SQLite on this machine's disk, which is told to write (`fsync`) before anything is answered. So is the log of the Redis of BullMQ where it says `as durable` (`appendfsync always`); elsewhere, and under Celery, it is told once a second, and may lose a second. The queue in memory loses everything.",
    "A start is counted from when the task was made to when its handler begins.",
    "A stop is counted from when a cancel is asked for to when the signal of the handler, which runs, aborts: twenty run at a time. A recovery, from when the runtime is killed (`kill -9`) to when all that ran there have been run again, elsewhere as it were; a lease is 30 s.",
  ],
  setUp: () => Promise.resolve({ [Symbol.asyncDispose]: async () => await Promise.resolve() }),
};

function contender(name: string, start: () => Promise<Server>): TaskContender {
  return {
    name,
    limit: ({ kind }) =>
      kind === "run" || name === MANIFOLD
        ? undefined
        : { rounds: 0, because: "what runs is cancelled, and killed, in Manifold only" },
    async start() {
      const server = await start();
      return {
        measure: async (work, round) => await measure(server, work, round),
        [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
      };
    },
  };
}

function expectRedis(): void {
  if (spawnSync(REDIS, ["--version"]).status !== 0)
    throw new MissingError(`${REDIS} is not installed: run bench/install-peers.sh`);
}
