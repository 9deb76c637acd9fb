import { type ChatServer, manifold, PEERS, ws } from "./chat/contenders.ts";
import { type ChatLoad, startChatLoad } from "./chat/load/load.ts";
import { type ChatCase, measureChat } from "./chat/measure.ts";
import type { Bench, Contender, Limit } from "./harness/bench.ts";

const RESTART = "2,000 clients come back after a restart";
const PAUSED = "one client reads no more, while 100,000 messages pass";

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
  { name: "9,900 idle clients", work: { kind: "idle", clients: 9_900 }, isQuick: false },
  {
    name: "2,000 clients join in 5 s",
    work: { kind: "storm", clients: 2_000, overMs: 5_000 },
    isQuick: false,
  },
  {
    name: RESTART,
    work: { kind: "restart", clients: 2_000, missed: 50 },
    isQuick: false,
  },
  {
    name: PAUSED,
    work: { kind: "paused", clients: 5, perSecond: 1_250, messages: 100_000 },
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
  targets: [
    {
      case: "500 clients, 100 messages a second",
      contender: "manifold",
      metric: "p99 ms",
      against: "ws",
      atMost: 1.5,
    },
    {
      case: "500 clients, 100 messages a second",
      contender: "manifold",
      metric: "p99 ms",
      against: "partyserver",
      atMost: 0.1,
    },
    {
      case: "500 clients, 100 messages a second",
      contender: "manifold",
      metric: "p99 ms",
      against: "bare object",
      atMost: 1.25,
    },
    { case: "500 clients, 800 messages a second", contender: "manifold", metric: "p99 ms", atMost: 100 },
    { case: RESTART, contender: "manifold", metric: "all back ms", atMost: 10_000 },
    { case: PAUSED, contender: "manifold", metric: "× p99 before", atMost: 1.5 },
    { case: PAUSED, contender: "manifold", metric: "MiB grown", atMost: 32 },
    ...CASES.filter(({ work }) => work.kind !== "idle" && work.kind !== "storm").flatMap((work) =>
      ["lost", "duplicated", "reordered"].map((metric) => ({
        case: work.name,
        contender: "manifold",
        metric,
        atMost: 0,
      })),
    ),
  ],
  notes: [
    "**Durability differs.** Manifold writes each message to SQLite before anyone hears of it, and so does the chat demo's design to its storage, though it does not wait before it sends; the platform holds what an object sends back until its writes are on disk. ws, Socket.IO and partyserver, as written here, keep nothing; nchan keeps the latest messages in memory. Only Manifold knows a message that is sent twice, who is there, and how far each client has read.",
    "Every message goes to all clients, its sender too, and each in its turn sends. Latency counts from when a message was due to be sent, whether or not the sender could keep to that. It is measured at up to 50 clients spread over the room, which read at once; the others read every 50 ms, and what they get is counted and checked. In a join, it counts from when a client was due to connect until it is in the room.",
    "The bare object shows what the runtime's sockets take: it joins what comes within 5 ms and sends it on, and does nothing else.",
    "`lost` are deliveries that had not come ten seconds after the last message was due; they count as late as that in p99, too. `reordered` are deliveries in another order than other clients had, or than their sender's.",
    "All send messages of 64 characters over plain WebSockets, without compression. Manifold's flood control is off: no peer has any. Its clients acknowledge every 128 messages, as its library does.",
    "`all back ms`: half of the clients are away while 50 messages pass, then the server is killed (SIGKILL) and started again, all connect anew over 2 s, and it ends when each has all it missed. Time counts from when the server listens again.",
    "Of idle clients there are 9,900, because workerd takes two file handles for each, and a process has 20,000 here. `KiB/socket` is what the server process grew by; what the kernel holds for a socket is not in it. `MiB grown` is what it grew by while 100,000 messages passed with one client that read nothing, after 100,000 that all read, the last fifth of which is `p99 before`.",
    "The generator shares two cores with the server. Where it was busy for nine tenths of the time, it says so under the table.",
  ],
  setUp: () => Promise.resolve(startChatLoad()),
};

function contender(server: ChatServer): Contender<ChatLoad, ChatCase> {
  const { name, dialect } = server;
  return {
    name,
    limit: ({ work }) => limitOf(work, server),
    async start(load) {
      const running = await server.start();
      return {
        measure: async (work, round) => await measureChat({ server: running, dialect, load }, work, round),
        [Symbol.asyncDispose]: async () => await running[Symbol.asyncDispose](),
      };
    },
  };
}

function limitOf(work: ChatCase["work"], server: ChatServer): Limit | undefined {
  const { name, keepsLog, announcesAll = false } = server;
  const isOnPlatform = announcesAll || name === "partyserver";
  switch (work.kind) {
    case "talk":
      return work.perSecond > MOST_SINGLY && isOnPlatform
        ? { rounds: 1, because: "it sends each message by itself, falls behind, and takes a minute" }
        : undefined;
    case "idle":
      return announcesAll ? TELLS_ALL : { rounds: 1, because: "what a socket takes differs little" };
    case "storm":
      return announcesAll ? TELLS_ALL : undefined;
    case "restart":
      if (announcesAll) return TELLS_ALL;
      return keepsLog ? undefined : { rounds: 0, because: "it keeps no log over a restart" };
    case "paused":
      return PAUSES.has(name)
        ? { rounds: 1, because: "a round takes a minute and a half" }
        : { rounds: 0, because: "three show what there is to see" };
  }
}

/** More than this a second, in a room of 500, a Durable Object cannot send one by one. */
const MOST_SINGLY = 200;
/** The product, and a peer on the same runtime and one on Node. */
const PAUSES: ReadonlySet<string> = new Set(["manifold", "ws", "partyserver"]);
const TELLS_ALL: Limit = {
  rounds: 0,
  because: "it tells everybody of everyone who comes: millions of frames",
};
