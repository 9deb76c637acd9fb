import type * as z from "zod";
import { type Connection, listen, type Surroundings } from "../listen.ts";
import type { Service } from "../service.ts";
import type { Stalls } from "../stalls/stalls.ts";
import { createLines, type Line } from "../telnet/lines.ts";
import { createParser } from "../telnet/parser.ts";
import type { Watched } from "./commands.ts";
import { watchBusy, watchLoad } from "./load.ts";
import type { MONITOR_OPTIONS } from "./options.ts";
import { createTalk, type Talk } from "./talk.ts";
import { createTop } from "./top.ts";

type MonitorOptions = Omit<z.output<typeof MONITOR_OPTIONS>, "port"> & { readonly port: number };

/** What the monitor shows and does besides the registry. */
interface MonitorPorts {
  readonly stalls: Pick<Stalls, "list">;
  /** Tells the process to finish and end. */
  readonly drain: () => void;
}

const CAPS = { total: 8, perAddress: 8 };
const IDLE_MS = 86_400_000;

/** Shows, to people on this machine, what the companion does. @throws What the system says when it cannot listen. */
export async function startMonitor(
  { port, host, socket, token, json }: MonitorOptions,
  surroundings: Surroundings,
  ports: MonitorPorts,
): Promise<Service> {
  const load = watchLoad();
  const { registry, clock } = surroundings;
  const watch = (): Watched => ({
    ...ports,
    registry,
    load,
    now: () => clock.now(),
    top: createTop(watchBusy()),
  });
  const service = await listen({
    ...surroundings,
    name: "monitor",
    where: socket === "" ? { host, port } : { path: socket },
    caps: CAPS,
    idleMs: IDLE_MS,
    onConnection: (connection) => converse(connection, createTalk(watch(), { token, isJson: json })),
  });
  return {
    ...service,
    async [Symbol.asyncDispose]() {
      load[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

function converse({ socket, entry, log, guard }: Connection, talk: Talk): () => void {
  const parse = createParser();
  const lines = createLines();
  /** What was typed and is not answered yet. */
  let typed: Iterator<Line> = [].values();
  const take = (line: Line) => {
    const outcome = talk.take(line);
    if ("say" in outcome) socket.write(outcome.say);
    else if (outcome.over === "quit") socket.destroySoon();
    else {
      log.warn({ event: "monitor-refused", peer: entry.peer, because: outcome.over });
      socket.destroy();
    }
  };
  /** Whoever does not read is neither read nor answered: a listing may be long, and asked for in a byte. */
  const proceed = () => {
    while (socket.writable && !socket.writableNeedDrain) {
      const { value, done = false } = typed.next();
      if (done) break;
      take(value);
    }
    entry.waitsFor = socket.writableNeedDrain ? "the peer to read" : undefined;
    if (socket.writableNeedDrain) socket.pause();
    else socket.resume();
  };
  socket.write(talk.greeting);
  socket.on(
    "data",
    guard((bytes: Buffer) => {
      typed = parse(bytes)
        .flatMap((event) => (event.t === "data" ? lines.take(event.bytes) : []))
        .values();
      proceed();
    }),
  );
  socket.on("drain", guard(proceed));
  socket.on("end", () => socket.end());
  return () => socket.end();
}
