import type { Server } from "node:http";
import type { Socket } from "node:net";
import { createAdmission } from "../admission.ts";
import type { Surroundings } from "../listen.ts";
import type { Entry } from "../registry.ts";
import type { ProxyOptions } from "./options.ts";
import { createRoster } from "../roster.ts";
import { Refusal } from "./refusal.ts";
import { refuseSocket } from "./refuse.ts";

/** How long somebody for whom there is no room may take to read that. */
const LINGER_MS = 1_000;

/** Whoever is connected to the proxy. */
export interface Connections {
  readonly size: number;
  /** The connection in the registry; `undefined` of a socket that was not let in, or has closed. */
  entryOf(socket: Socket): Entry | undefined;
  destroyAll(): void;
}

/** Lets connections of a server in as long as there is room; others are told that there is none, and when to come back. */
export function watchConnections(
  server: Server,
  { connections: total, perAddress }: ProxyOptions,
  { registry, log, clock }: Surroundings,
  service: Entry,
  pseudonym: string,
): Connections {
  const admit = createAdmission({ total, perAddress });
  const open = createRoster<Socket>();
  const entries = new WeakMap<Socket, Entry>();
  const turnedAway = new Set<Socket>();

  server.on("connection", (socket) => {
    const { remoteAddress = "", remotePort } = socket;
    const peer = remoteAddress.includes(":")
      ? `[${remoteAddress}]:${remotePort}`
      : `${remoteAddress}:${remotePort}`;
    const admitted = admit(remoteAddress);
    if (!admitted.ok) {
      const refusal = REFUSALS[admitted.limit];
      log.info({ event: "refused", ok: false, peer, kind: refusal.kind, why: refusal.message });
      turnedAway.add(socket);
      const cancelTimer = clock.setTimer(() => socket.destroy(), LINGER_MS);
      socket.once("close", () => {
        cancelTimer();
        turnedAway.delete(socket);
      });
      refuseSocket(socket, refusal, pseudonym);
      return;
    }
    const entry = registry.register({
      kind: "proxy",
      peer,
      parent: service,
      traffic: () => ({ inBytes: socket.bytesRead, outBytes: socket.bytesWritten }),
      cancel: () => socket.destroy(),
    });
    // Each request that is on its way listens, and a client may send many without waiting.
    socket.setMaxListeners(0);
    const leave = open.add(socket);
    entries.set(socket, entry);
    socket.once("close", () => {
      admitted.release();
      leave();
      entries.delete(socket);
      entry[Symbol.dispose]();
    });
  });
  return {
    get size() {
      return open.size;
    },
    entryOf: (socket) => entries.get(socket),
    destroyAll() {
      for (const socket of [...open.all(), ...turnedAway]) socket.destroy();
    },
  };
}

const REFUSALS = {
  total: new Refusal("too-many", "as many connections as there may be are open"),
  perAddress: new Refusal("too-many-of-one", "as many connections as one address may have are open"),
};
