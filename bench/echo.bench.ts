import { fileURLToPath } from "node:url";
import { type EchoLoad, startEchoLoad } from "./echo/load.ts";
import {
  type Bench,
  type BenchCase,
  type Contender,
  type Measurement,
  type Round,
  WrongAnswerError,
} from "./harness/bench.ts";
import { usageOf } from "./harness/process-tree.ts";
import { findPython } from "./harness/python.ts";
import { type Server, startNode, startServer } from "./harness/server.ts";

interface EchoCase extends BenchCase {
  readonly clients: number;
}

const ROUND_MS = 3_000;

const companion = fileURLToPath(new URL("../companion/main.ts", import.meta.url));
const OTHERS_OFF = [
  "--proxy-port",
  "off",
  "--chat-port",
  "off",
  "--monitor-port",
  "off",
  "--log-level",
  "warn",
];

const python = (name: string, file: string) =>
  contender(name, async () => {
    const program = await findPython("asyncio");
    return await startServer((port) => [
      program,
      fileURLToPath(new URL(`echo/${file}`, import.meta.url)),
      String(port),
    ]);
  });

/** What an echo of raw TCP takes. */
export const bench: Bench<EchoLoad, EchoCase> = {
  name: "echo",
  claim:
    "How many messages of 64 bytes an echo answers, what each takes of its processor, and what a client takes of memory.",
  metrics: [
    { name: "round trips/s", better: "more", isDrawn: true },
    { name: "p99 ms", better: "less", isDrawn: true },
    { name: "CPU µs each", better: "less", isDrawn: true },
    { name: "KB a client", better: "less", isDrawn: false },
  ],
  cases: [
    { name: "50 clients", clients: 50, isQuick: true },
    { name: "10,000 clients", clients: 10_000, isQuick: false },
  ],
  contenders: [
    contender(
      "manifold",
      async () =>
        await startServer((port) => [
          process.execPath,
          companion,
          "--echo-port",
          String(port),
          ...OTHERS_OFF,
        ]),
    ),
    contender("bare Node", async () => await startNode(new URL("echo/node-echo.ts", import.meta.url))),
    python("asyncio, streams", "asyncio_streams.py"),
    python("asyncio, protocol", "asyncio_protocol.py"),
  ],
  targets: ["50 clients", "10,000 clients"].map((name) => ({
    case: name,
    contender: "manifold",
    metric: "round trips/s",
    against: "asyncio, streams",
    atLeast: 1,
  })),
  notes: [
    "Each client waits for its answer, which is compared byte by byte, before it says the next. The load is a process on Node, about as busy as the servers: `CPU µs each`, of the server alone, says more of them than the rate does.",
    "A client's memory is that of the server's process after all have talked, less what it was before anybody came.",
    "manifold keeps a registry of who is there, deadlines, caps, and watches for stalls; of the others, the streams alone hold up a client that does not read, and a protocol by its two callbacks.",
  ],
  setUp: () => Promise.resolve(startEchoLoad()),
};

function contender(name: string, start: () => Promise<Server>): Contender<EchoLoad, EchoCase> {
  return {
    name,
    async start(load) {
      const server = await start();
      // What a process has had it keeps: what clients take is seen against what it began with.
      const idleBytes = usageOf(server.pid).rssBytes;
      return {
        measure: async ({ clients }, round) => await measure(server, load, clients, round, idleBytes),
        [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
      };
    },
  };
}

async function measure(
  { url, pid }: Server,
  load: EchoLoad,
  count: number,
  { isQuick, isWarmUp }: Round,
  idleBytes: number,
): Promise<Measurement> {
  // The compiler of V8 takes tens of thousands of turns to be done.
  const durationMs = isWarmUp ? ROUND_MS * 2 : isQuick ? ROUND_MS / 3 : ROUND_MS;
  expectRight(await load.carryOut({ do: "enter", port: Number(new URL(url).port), count }));
  const entered = usageOf(pid);
  const talked = await load.carryOut({ do: "talk", durationMs });
  const after = usageOf(pid);
  await load.carryOut({ do: "leave" });
  expectRight(talked);
  const grownBytes = after.rssBytes - idleBytes;
  return {
    "round trips/s": (talked.answers / talked.elapsedMs) * 1_000,
    "p99 ms": talked.p99Ms,
    "CPU µs each": ((after.cpuMs - entered.cpuMs) * 1_000) / talked.answers,
    // Of a few clients, it is lost in what else comes and goes.
    ...(count >= 1_000 && { "KB a client": Math.max(0, grownBytes) / 1_000 / count }),
  };
}

function expectRight({ wrong }: { readonly wrong: string }): void {
  if (wrong !== "") throw new WrongAnswerError(wrong);
}
