import { type ChatServer, manifold, PEERS, ws } from "./chat/contenders.ts";
import { type ChatLoad, startChatLoad } from "./chat/load/load.ts";
import { type ChatCase, measureChat } from "./chat/measure.ts";
import type { Bench, Contender, Limit } from "./harness/bench.ts";

const CASES: readonly ChatCase[] = [
  {
    name: "200 clients, 40 messages a second",
    work: { kind: "talk", clients: 200, perSecond: 40 },
    isQuick: true,
  },
  {
    name: "500 clients, 100 messages a second",
    work: { kind: "talk", clients: 500, perSecond: 100 },
    isQuick: true,
  },
  {
    name: "500 clients, 800 messages a second",
    work: { kind: "talk", clients: 500, perSecond: 800 },
    isQuick: true,
  },
  { name: "10,000 idle clients", work: { kind: "idle", clients: 10_000 }, isQuick: false },
  {
    name: "2,000 clients join in 5 s",
    work: { kind: "storm", clients: 2_000, overMs: 5_000 },
    isQuick: false,
  },
  {
    name: "2,000 clients come back after a restart",
    work: { kind: "restart", clients: 2_000, missed: 50 },
    isQuick: false,
  },
  {
    name: "one client reads no more, while 100,000 messages pass",
    work: { kind: "paused", clients: 10, perSecond: 2_000, messages: 100_000 },
    isQuick: false,
  },
];

/** One message to everybody in a room: how late, how surely, and at what cost. */
export const bench: Bench<ChatLoad, ChatCase> = {
  name: "chat",
  claim:
    "How long a message takes to everybody in a room, from when it was due to be sent; whether all get it, once and in one order; and what a socket costs.",
  metrics: [
    { name: "p99 ms", better: "less", isDrawn: true },
    { name: "p50 ms", better: "less", isDrawn: true },
    { name: "all back ms", better: "less", isDrawn: false },
    { name: "KiB/socket", better: "less", isDrawn: false },
    { name: "lost", better: "less", isDrawn: false },
    { name: "duplicated", better: "less", isDrawn: false },
    { name: "reordered", better: "less", isDrawn: false },
    { name: "× p99 before", better: "less", isDrawn: false },
    { name: "MiB grown", better: "less", isDrawn: false },
    { name: "CPU µs/delivery", better: "less", isDrawn: false },
    { name: "generator %", better: "less", isDrawn: false },
  ],
  cases: CASES,
  contenders: [ws, manifold, ...PEERS].map(contender),
  targets: [],
  notes: [],
  setUp: () => Promise.resolve(startChatLoad()),
};

function contender(server: ChatServer): Contender<ChatLoad, ChatCase> {
  const { name, dialect } = server;
  return {
    name,
    limit: ({ work }) => limitOf(work.kind, server),
    async start(load) {
      const running = await server.start();
      return {
        measure: async (work, round) => await measureChat({ server: running, dialect, load }, work, round),
        [Symbol.asyncDispose]: async () => await running[Symbol.asyncDispose](),
      };
    },
  };
}

function limitOf(kind: ChatCase["work"]["kind"], server: ChatServer): Limit | undefined {
  if (kind === "restart" && !server.keepsLog) return { rounds: 0, because: "it keeps no log over a restart" };
  if (kind === "paused") return { rounds: 1, because: "a round takes a minute" };
  if (kind !== "idle") return undefined;
  return server.announcesAll === true
    ? { rounds: 0, because: "it tells everybody of everyone who comes: 50 million frames for 10,000" }
    : { rounds: 2, because: "what a socket takes differs little" };
}
