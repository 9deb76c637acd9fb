import { existsSync } from "node:fs";
import { MissingError } from "../harness/bench.ts";
import { startNginx } from "../harness/nginx.ts";
import { type Server, startNode } from "../harness/server.ts";
import { startManifold, startWorker } from "../harness/workerd.ts";
import type { DialectName } from "./load/dialect.ts";

/** A chat server, and how it is spoken to. */
export interface ChatServer {
  readonly name: string;
  readonly dialect: DialectName;
  /** Whether a client that comes back after a restart of the server is sent what it missed. */
  readonly keepsLog: boolean;
  /** Whether everybody is told, one by one, of everyone who comes. */
  readonly announcesAll?: true;
  /** @throws {MissingError} When it is not installed here. */
  start(): Promise<Server>;
}

/** Whom the others are compared with. */
export const ws: ChatServer = {
  name: "ws",
  dialect: "plain",
  keepsLog: false,
  start: async () => await startNode(expectPeer("ws", "ws-chat-server")),
};

/** The product, as it is. */
export const manifold: ChatServer = {
  name: "manifold",
  dialect: "manifold",
  keepsLog: true,
  start: async () => await startManifold({}, new URL("manifold.config.ts", import.meta.url)),
};

/** Everybody else that is measured beside Manifold. */
export const PEERS: readonly ChatServer[] = [
  {
    name: "Socket.IO",
    dialect: "socketIo",
    keepsLog: false,
    start: async () => await startNode(expectPeer("socket.io", "socket-io-chat-server")),
  },
  {
    name: "partyserver",
    dialect: "partyserver",
    keepsLog: false,
    start: async () =>
      await startWorker(expectPeer("partyserver", "partyserver-chat-worker"), {}, { Chat: "Chat" }),
  },
  {
    name: "chat demo's design",
    dialect: "demo",
    keepsLog: true,
    announcesAll: true,
    start: async () =>
      await startWorker(new URL("demo-design-worker.ts", import.meta.url), {}, { DEMO_ROOMS: "DemoRoom" }),
  },
  {
    name: "nchan",
    dialect: "nchan",
    keepsLog: false,
    start: async () =>
      await startNginx({ modules: ["ngx_nchan_module"], conf: new URL("nchan.conf", import.meta.url) }),
  },
];

/** The program of a peer, if what it needs is installed. */
function expectPeer(packageName: string, program: string): URL {
  if (!existsSync(new URL(`../peers/node_modules/${packageName}`, import.meta.url))) {
    throw new MissingError(`${packageName} is not installed: run bench/install-peers.sh`);
  }
  return new URL(`../peers/${program}.js`, import.meta.url);
}
