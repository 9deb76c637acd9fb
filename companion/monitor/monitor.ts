import type * as z from "zod";
import { type Connection, listen, type Surroundings } from "../listen.ts";
import type { Service } from "../service.ts";
import { createLines } from "../telnet/lines.ts";
import { createParser } from "../telnet/parser.ts";
import { harmless } from "../telnet/text.ts";
import { answer, type Watched } from "./answer.ts";
import type { MONITOR_OPTIONS } from "./options.ts";
import { watchLoad } from "./load.ts";

type MonitorOptions = Omit<z.output<typeof MONITOR_OPTIONS>, "port"> & { readonly port: number };

const CAPS = { total: 8, perAddress: 8 };
const IDLE_MS = 86_400_000;
const PROMPT = "> ";

/** A page in a browser can make it send this to a port of its machine: it is not for us. */
const LOOKS_LIKE_HTTP = /^[A-Z]+ .* HTTP\/\d/;

/**
 * Shows, to people on this machine, what the companion does.
 *
 * @param drain Tells the process to finish and end.
 * @throws What the system says when it cannot listen.
 */
export async function startMonitor(
  { port, host, socket }: MonitorOptions,
  surroundings: Surroundings,
  drain: () => void,
): Promise<Service> {
  const load = watchLoad();
  const { registry, clock } = surroundings;
  const watched = { registry, load, now: () => clock.now(), drain };
  const service = await listen({
    ...surroundings,
    name: "monitor",
    where: socket === "" ? { host, port } : { path: socket },
    caps: CAPS,
    idleMs: IDLE_MS,
    onConnection: (connection) => converse(connection, watched),
  });
  return {
    ...service,
    async [Symbol.asyncDispose]() {
      load[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

function converse({ socket, guard }: Connection, watched: Watched): () => void {
  const parse = createParser();
  const lines = createLines();
  let last: string | undefined;
  const take = (line: string | undefined) => {
    if (!socket.writable) return;
    if (last === undefined && line !== undefined && LOOKS_LIKE_HTTP.test(line)) {
      socket.destroy();
      return;
    }
    last = line?.trim() === "" ? (last ?? "") : (line ?? "");
    const said = answer(last, watched);
    if (said === "quit") socket.destroySoon();
    else socket.write(Buffer.from([...said.map((one) => `${harmless(one)}\r\n`), PROMPT].join("")));
  };
  socket.write(PROMPT);
  socket.on(
    "data",
    guard((bytes: Buffer) => {
      for (const event of parse(bytes)) if (event.t === "data") lines.take(event.bytes).forEach(take);
    }),
  );
  socket.on("end", () => socket.end());
  return () => socket.end();
}
