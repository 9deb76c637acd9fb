import type { Bench, BenchCase, Contender, Measurement, Round } from "./harness/bench.ts";
import { usageOf } from "./harness/process-tree.ts";
import { type Server, startNode } from "./harness/server.ts";
import { getAgain, openTunnels, pour, type ProxyLoad } from "./proxy/load.ts";
import { PEERS, startManifoldProxy } from "./proxy/proxies.ts";

interface ProxyCase extends BenchCase {
  readonly atOnce: number;
  /** @returns How many there were, where they are counted, and what is shown. */
  readonly run: (load: ProxyLoad) => Promise<{ readonly count?: number; readonly figures: Measurement }>;
}

const CASES: readonly ProxyCase[] = [
  {
    name: "GET 1 KiB",
    isQuick: true,
    atOnce: 64,
    async run(load) {
      const { count, perSecond, p99Ms } = await getAgain(load);
      return { count, figures: { "requests/s": perSecond, "p99 ms": p99Ms } };
    },
  },
  {
    name: "tunnels",
    isQuick: false,
    atOnce: 64,
    async run(load) {
      const { count, perSecond, p99Ms } = await openTunnels(load);
      return { count, figures: { "tunnels/s": perSecond, "p99 ms": p99Ms } };
    },
  },
  {
    name: "bulk, through 4 tunnels",
    isQuick: false,
    atOnce: 4,
    run: async (load) => ({ figures: { "Gbit/s": (await pour(load)) / 1e9 } }),
  },
];

interface World extends AsyncDisposable {
  readonly origin: Server;
}

type ProxyContender = Contender<World, ProxyCase>;

/** What the companion's proxy gets through. */
export const bench: Bench<World, ProxyCase> = {
  name: "proxy",
  claim: "How many requests, tunnels and bits a proxy gets through that reads every message strictly.",
  metrics: [
    { name: "requests/s", better: "more", isDrawn: true },
    { name: "tunnels/s", better: "more", isDrawn: true },
    { name: "Gbit/s", better: "more", isDrawn: true },
    { name: "p99 ms", better: "less", isDrawn: false },
    { name: "CPU µs each", better: "less", isDrawn: false },
    { name: "MB", better: "less", isDrawn: false },
  ],
  cases: CASES,
  contenders: [
    contender("manifold", startManifoldProxy),
    ...Object.entries(PEERS).map(([name, start]) => contender(name, start)),
  ],
  targets: ["tinyproxy", "proxy-chain"].map((against) => ({
    case: "GET 1 KiB",
    contender: "manifold",
    metric: "requests/s",
    against,
    atLeast: 1,
  })),
  notes: [
    "The load, the proxy and the origin share the machine; p99 is that of a proxy that is kept as busy as it can be.",
    "Nobody logs or caches. tinyproxy closes its connection after each answer, so a request to it is also a connection, as it would be for any client. What each of them refuses is in docs/proxy-probe.md.",
    "MB is what the process has right after the round.",
  ],
  async setUp() {
    const origin = await startNode(new URL("proxy/origin.ts", import.meta.url));
    return { origin, [Symbol.asyncDispose]: async () => await origin[Symbol.asyncDispose]() };
  },
};

function contender(name: string, start: () => Promise<Server>): ProxyContender {
  return {
    name,
    async start({ origin }) {
      const server = await start();
      return {
        measure: async (work, round) => await measure(server, origin, work, round),
        [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
      };
    },
  };
}

async function measure(
  server: Server,
  origin: Server,
  { run, atOnce }: ProxyCase,
  { isQuick, isWarmUp }: Round,
): Promise<Measurement> {
  const durationMs = isQuick ? 300 : isWarmUp ? 3_000 : 1_500;
  const before = usageOf(server.pid);
  const load = { proxy: new URL(server.url).host, origin: new URL(origin.url).host, atOnce, durationMs };
  const { count, figures } = await run(load);
  const { cpuMs, rssBytes } = usageOf(server.pid);
  if (rssBytes === 0) return figures;
  const each = count === undefined ? {} : { "CPU µs each": ((cpuMs - before.cpuMs) * 1_000) / count };
  return { ...figures, ...each, MB: rssBytes / 1e6 };
}
