import { once } from "node:events";
import { lstat, unlink } from "node:fs/promises";
import { connect as connectTo, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { CancelSignal, Clock } from "#kernel";
import { type Caps, createAdmission } from "./admission.ts";
import type { Log } from "./log.ts";
import type { Entry, Registration, Registry } from "./registry.ts";
import type { Service } from "./service.ts";

/** Where to listen; a path is a Unix socket that only its owner may open. */
type Where = { readonly host: string; readonly port: number } | { readonly path: string };

/** What every service is given. */
export interface Surroundings {
  readonly registry: Registry;
  readonly log: Log;
  readonly clock: Clock;
}

interface ListenOptions extends Surroundings {
  readonly name: string;
  readonly where: Where;
  readonly caps: Caps;
  /** Connections on which nothing has moved for so long are closed. */
  readonly idleMs: number;
  /**
   * Takes a connection.
   *
   * @returns Brings it to a good end; called when the service is to drain.
   */
  readonly onConnection: (connection: Connection) => () => void;
}

/** Somebody who has come in. */
export interface Connection {
  readonly socket: Socket;
  readonly entry: Registration;
  readonly log: Log;
  /** A callback whose failure ends this connection, and nothing else. */
  readonly guard: <A extends readonly unknown[]>(callback: (...args: A) => void) => (...args: A) => void;
}

/** How many may knock at once: 10,000 clients come at one moment. The system has a limit of its own. */
const BACKLOG = 4_096;
const KEEP_ALIVE_MS = 60_000;

/** How long a peer that has been told everything may take to close its side while we drain. */
const LINGER_MS = 1_000;

/**
 * Listens for TCP, or on a Unix socket. Both directions of a connection end by themselves: whoever takes it ends
 * writing.
 *
 * @throws What the system says when it cannot.
 */
export async function listen(options: ListenOptions): Promise<Service> {
  const { name, where, caps, registry, log, clock } = options;
  const admit = createAdmission(caps);
  const service = registry.register({ kind: "service", name, state: "listening" });
  const open = new Map<Socket, Open>();
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });

  server.on("connection", (socket) => {
    const admitted = admit(socket.remoteAddress ?? "local");
    if (!admitted.ok) {
      log.debug({ event: "refused", service: name, peer: socket.remoteAddress, limit: admitted.limit });
      socket.destroy();
      return;
    }
    const connection = connect(socket, service, options);
    const closed = new Promise<void>((resolve) => {
      socket.once("close", () => {
        admitted.release();
        open.delete(socket);
        connection.entry[Symbol.dispose]();
        resolve();
      });
    });
    open.set(socket, { finish: () => socket.destroy(), closed });
    connection.guard(() => void open.set(socket, { finish: options.onConnection(connection), closed }))();
  });

  try {
    await bind(server, where);
  } catch (error) {
    service[Symbol.dispose]();
    throw error;
  }
  // What is open stays so.
  server.on("error", (error) => log.error({ event: "listener-failed", service: name, err: error }));
  const address = addressOf(server);
  log.info({ event: "listening", service: name, address });

  const close = async () => {
    if (server.listening) server.close();
    for (const socket of open.keys()) socket.destroy();
    await untilClosed(open.values());
    service[Symbol.dispose]();
  };
  return {
    name,
    address,
    async drain(deadline) {
      service.state = "draining";
      server.close();
      const all = [...open.keys()];
      const ends = untilClosed([...open.values()], deadline);
      for (const [socket, { finish }] of open) {
        socket.once("finish", () => {
          const cancelTimer = clock.setTimer(() => socket.destroy(), LINGER_MS);
          socket.once("close", cancelTimer);
        });
        finish();
      }
      await ends;
      const cut = all.filter((socket) => !socket.writableFinished).length;
      await close();
      return { name, finished: all.length - cut, cut };
    },
    [Symbol.asyncDispose]: close,
  };
}

function connect(socket: Socket, parent: Entry, { name, idleMs, registry, log }: ListenOptions): Connection {
  const { remoteAddress, remotePort } = socket;
  const peer = remoteAddress === undefined ? "local" : join(remoteAddress, remotePort ?? 0);
  const entry = registry.register({
    kind: name,
    peer,
    parent,
    traffic: () => ({ inBytes: socket.bytesRead, outBytes: socket.bytesWritten }),
    cancel: () => socket.destroy(),
  });
  // The end of it is what follows, and that is heard.
  socket.on("error", (error) => log.debug({ event: "connection-failed", service: name, peer, err: error }));
  socket.setTimeout(idleMs, () => socket.destroy());
  return {
    socket,
    entry,
    log,
    guard:
      (callback) =>
      (...args) => {
        try {
          callback(...args);
        } catch (error) {
          log.error({ event: "connection-broken", service: name, peer, id: entry.id, err: error });
          socket.destroy();
        }
      },
  };
}

async function bind(server: Server, where: Where): Promise<void> {
  if ("path" in where) await removeDead(where.path);
  const listening = once(server, "listening");
  if ("path" in where) {
    // Binding happens within the call: there is no moment in which others could open it.
    const before = process.umask(0o177);
    try {
      server.listen({ path: where.path, backlog: BACKLOG });
    } finally {
      process.umask(before);
    }
  } else server.listen({ ...where, backlog: BACKLOG });
  await listening;
}

/** Removes the socket that a process has left that was killed, if it is one: nobody could listen there any more. */
async function removeDead(path: string): Promise<void> {
  const socket = connectTo({ path });
  try {
    await once(socket, "connect");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what sockets fail with
    // A file that is no socket is refused as well.
    if (code === "ECONNREFUSED" && (await lstat(path)).isSocket()) await unlink(path);
  } finally {
    socket.destroy();
  }
}

function addressOf(server: Server): string {
  const address = server.address() as AddressInfo | string; // it listens
  return typeof address === "string" ? address : join(address.address, address.port);
}

function join(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A connection that is there. */
interface Open {
  readonly finish: () => void;
  readonly closed: Promise<void>;
}

/** Waits until all have closed, or it is too late. */
async function untilClosed(open: Iterable<Open>, deadline?: CancelSignal): Promise<void> {
  if (deadline?.aborted === true) return;
  const late = Promise.withResolvers<void>();
  const onAbort = () => late.resolve();
  deadline?.addEventListener("abort", onAbort, { once: true });
  await Promise.race([Promise.all(Array.from(open, async ({ closed }) => await closed)), late.promise]);
  deadline?.removeEventListener("abort", onAbort);
}
