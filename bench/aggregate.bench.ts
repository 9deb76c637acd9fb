import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Bench, type BenchCase, type Contender, type Measurement, type Round } from "./harness/bench.ts";
import { startNginx } from "./harness/nginx.ts";
import { peerProgram } from "./harness/peer.ts";
import { usageOf } from "./harness/process-tree.ts";
import { findPython } from "./harness/python.ts";
import { type Server, startNode, startServer } from "./harness/server.ts";
import { startManifold, startWorker } from "./harness/workerd.ts";
import { type Load, startLoad } from "./load/load.ts";
import { itemOf } from "./upstream.ts";

const ENDPOINTS_FILE = new URL("aggregate/endpoints.json", import.meta.url);

const ENDPOINTS = JSON.parse(readFileSync(ENDPOINTS_FILE, "utf8")) as Record<
  string,
  readonly { readonly name: string; readonly path: string }[]
>;

/** An endpoint of `endpoints.json`, and how hard it is tried. */
interface EndpointCase extends BenchCase {
  readonly endpoint: string;
  /** Which item each connection asks for; its own, unless all are to ask for the same. */
  readonly id?: string;
  /** Enough to keep a contender busy while answers are waited for. */
  readonly connections: number;
  /** What all contenders can bear. */
  readonly perSecond: number;
}

const CASES: readonly EndpointCase[] = [
  { name: "1 branch", endpoint: "one", connections: 32, perSecond: 400, isQuick: false },
  { name: "4 branches", endpoint: "four", connections: 32, perSecond: 200, isQuick: true },
  { name: "12 branches", endpoint: "twelve", connections: 32, perSecond: 80, isQuick: false },
  { name: "4 branches, one takes 50 ms", endpoint: "slow", connections: 128, perSecond: 200, isQuick: false },
  { name: "4 branches, one fails", endpoint: "failing", connections: 32, perSecond: 200, isQuick: true },
  { name: "4 branches, one hangs", endpoint: "hanging", connections: 384, perSecond: 200, isQuick: false },
  {
    name: "4 branches, all ask for the same",
    endpoint: "four",
    id: "7",
    connections: 32,
    perSecond: 200,
    isQuick: false,
  },
];

/** What the contenders share. */
interface World extends AsyncDisposable {
  readonly upstream: Server;
  readonly load: Load;
}

type EndpointContender = Contender<World, EndpointCase>;

const endpointsPath = fileURLToPath(ENDPOINTS_FILE);

const bareWorker = contender("bare Worker", async (upstream) => {
  const entry = new URL("aggregate/bare-worker.ts", import.meta.url);
  return await startWorker(entry, { UPSTREAM: upstream });
});

const fullWorker = contender("same fields by hand", async (upstream) => {
  const entry = new URL("aggregate/full-worker.ts", import.meta.url);
  return await startWorker(entry, { UPSTREAM: upstream });
});

const manifold = contender("manifold", async (upstream) => {
  const config = new URL("aggregate/manifold.config.ts", import.meta.url);
  return await startManifold({ UPSTREAM: upstream }, config);
});

const fastify = contender("fastify + undici", async (upstream) => await startPeer("fastify", upstream));

const effect = contender("Effect", async (upstream) => await startPeer("effect", upstream));

const aiohttp = contender("aiohttp", async (upstream) => {
  const python = await findPython("aiohttp");
  const program = fileURLToPath(new URL("aggregate/aiohttp_server.py", import.meta.url));
  return await startServer((port) => [python, program, endpointsPath, upstream, String(port)]);
});

const nginx = contender(
  "nginx + Lua",
  async (upstream) =>
    await startNginx({
      modules: ["ndk_http_module", "ngx_http_lua_module"],
      conf: new URL("aggregate/nginx.conf", import.meta.url),
      values: {
        ENDPOINTS: endpointsPath,
        UPSTREAM: new URL(upstream).host,
        ANSWER: fileURLToPath(new URL("aggregate/answer.lua", import.meta.url)),
      },
    }),
);

/** What Manifold's declared endpoints cost beside the same done by hand, on Workers and elsewhere. */
export const bench: Bench<World, EndpointCase> = {
  name: "aggregate",
  claim:
    "What a declared endpoint, with all its limits and reports, costs beside the same work written by hand.",
  metrics: [
    { name: "requests/s", better: "more", isDrawn: true },
    { name: "CPU µs/request", better: "less", isDrawn: false },
    { name: "p50 ms", better: "less", isDrawn: false },
    { name: "p99 ms", better: "less", isDrawn: true },
  ],
  cases: CASES,
  contenders: [bareWorker, manifold, fullWorker, fastify, effect, aiohttp, nginx],
  targets: [
    ...CASES.map(({ name }) => ({
      case: name,
      contender: "manifold",
      metric: "requests/s",
      against: "bare Worker",
      atLeast: 0.8,
    })),
    {
      case: "4 branches",
      contender: "manifold",
      metric: "requests/s",
      against: "same fields by hand",
      atLeast: 0.8,
    },
    ...["fastify + undici", "Effect", "aiohttp", "nginx + Lua"].map((peer) => ({
      case: "4 branches",
      contender: "manifold",
      metric: "p99 ms",
      against: peer,
      atMost: 1,
    })),
  ],
  notes: [
    "Requests/s are from a closed loop that keeps a contender busy; p50 and p99 from an open loop at a fixed rate that all can bear, counted from when a request was due.",
    "The upstream answers at once, so that what is seen is the contenders' own cost; over a network it would be small beside the upstream's time.",
    "Everyone limits each call's time, and logs nothing. Manifold and the Worker with the same fields also limit the size of each answer, say in headers how long each branch took, what is missing and how long the answer may be kept, tell upstreams the trace and the time left, and stop all calls when the client leaves.",
    "Where the rest goes: docs/decisions/0003-aggregation.md.",
  ],
  async setUp() {
    const upstream = await startNode(new URL("upstream.ts", import.meta.url));
    const load = startLoad();
    return {
      upstream,
      load,
      async [Symbol.asyncDispose]() {
        await load[Symbol.asyncDispose]();
        await upstream[Symbol.asyncDispose]();
      },
    };
  },
};

function contender(name: string, start: (upstream: string) => Promise<Server>): EndpointContender {
  return {
    name,
    async start({ upstream, load }) {
      const server = await start(upstream.url);
      return {
        measure: async (work, round) => await measure(server, load, work, round),
        [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
      };
    },
  };
}

/** Some thousands of requests: engines compile what runs often, and more code takes longer until it has. */
const WARM_UP_MS = 3_000;

async function measure(
  server: Server,
  load: Load,
  { endpoint, id = "{}", connections, perSecond }: EndpointCase,
  { isQuick, isWarmUp }: Round,
): Promise<Measurement> {
  const target = {
    url: `${server.url}/api/${endpoint}/${id}`,
    expected: answerOf(endpoint, id),
    connections,
  };
  const cpuBeforeMs = usageOf(server.pid).cpuMs;
  const closed = await load.make({ ...target, durationMs: isQuick ? 200 : isWarmUp ? WARM_UP_MS : 700 });
  const cpuMs = usageOf(server.pid).cpuMs - cpuBeforeMs;
  const busy = {
    "requests/s": (closed.count / closed.elapsedMs) * 1000,
    ...(cpuMs > 0 ? { "CPU µs/request": (cpuMs / closed.count) * 1000 } : {}),
  };
  if (isWarmUp) return busy;
  const open = await load.make({ ...target, durationMs: isQuick ? 300 : 1_500, perSecond });
  return { ...busy, "p50 ms": open.p50Ms, "p99 ms": open.p99Ms };
}

/** What an endpoint has to answer: all branches but those that cannot. */
function answerOf(endpoint: string, id: string): unknown {
  const healthy = (ENDPOINTS[endpoint] ?? []).filter(({ path }) => !/status=|hang=/.test(path));
  return Object.fromEntries(
    healthy.map(({ name, path }) => [name, itemOf(id, /\/(\d+)(?:\?|$)/.exec(path)?.[1] ?? "")]),
  );
}

async function startPeer(name: "fastify" | "effect", upstream: string): Promise<Server> {
  return await startNode(peerProgram(name, `${name}-server.js`), endpointsPath, upstream);
}
