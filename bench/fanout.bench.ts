import { fileURLToPath } from "node:url";
import { type FanoutCase, type FanoutContender, script, service, type World } from "./fanout/contender.ts";
import type { Bench } from "./harness/bench.ts";
import { findPython } from "./harness/python.ts";
import { startNode } from "./harness/server.ts";
import { startManifold, startWorker } from "./harness/workerd.ts";

const pathOf = (file: string) => fileURLToPath(new URL(`fanout/${file}`, import.meta.url));

const CONTENDERS: readonly FanoutContender[] = [
  script("aiohttp", async () => [await findPython("aiohttp"), pathOf("aiohttp_all.py")]),
  script("sequential (Python)", async () => [await findPython("urllib"), pathOf("sequential.py")], {
    width: 1,
  }),
  script("50 threads (Python)", async () => [await findPython("urllib"), pathOf("threads.py")], {
    width: 50,
  }),
  script("Node fetch", () =>
    Promise.resolve([process.execPath, fileURLToPath(new URL("fanout/node-fetch.ts", import.meta.url))]),
  ),
  service(
    "bare Worker, six slots",
    async () => await startWorker(new URL("fanout/bare-worker.ts", import.meta.url)),
    { width: 6 },
  ),
  service("manifold, no lanes", async () => await startManifold(), { width: 6, lanes: false }),
  service("manifold", async () => await startManifold()),
];

/** What a fan-out of many slow calls takes, of time and memory. */
export const bench: Bench<World, FanoutCase> = {
  name: "fanout",
  claim:
    "How long a fan-out of many slow calls takes, with six connections an invocation, as the platform demands.",
  metrics: [
    { name: "× slowest call", better: "less", isDrawn: true },
    { name: "after a pause", better: "less", isDrawn: false },
    { name: "peak MB", better: "less", isDrawn: true },
    { name: "open at once", better: "more", isDrawn: false },
    { name: "open in a lane", better: "less", isDrawn: false },
  ],
  cases: [
    { name: "100 calls", calls: 100, isQuick: true },
    { name: "1,000 calls", calls: 1_000, isQuick: false },
  ],
  contenders: CONTENDERS,
  targets: [
    { case: "100 calls", contender: "manifold", metric: "× slowest call", atMost: 1.3 },
    { case: "1,000 calls", contender: "manifold", metric: "× slowest call", atMost: 3 },
    { case: "100 calls", contender: "manifold", metric: "open in a lane", atMost: 6 },
    { case: "1,000 calls", contender: "manifold", metric: "open in a lane", atMost: 6 },
  ],
  notes: [
    "Time is a multiple of 100 ms, which is what each call takes. The scripts' own start is not in it; the Workers' answer, written and read as one JSON document, is.",
    "Between two rounds of a Worker the others have theirs, which takes longer than the ten seconds after which its objects sleep: `after a pause` is the first fan-out then, `× slowest call` the one that follows at once. The scripts are a fresh process each time.",
    "Memory is that of the process with its children, seen every 10 ms: of a fresh process for the scripts, of the whole runtime for the Workers.",
    "How many calls are open, in all and in a lane, is the upstream's own count.",
  ],
  async setUp() {
    const upstream = await startNode(new URL("upstream.ts", import.meta.url));
    return { upstream, [Symbol.asyncDispose]: async () => await upstream[Symbol.asyncDispose]() };
  },
};
