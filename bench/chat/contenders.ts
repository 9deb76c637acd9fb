import { startNginx } from "../harness/nginx.ts";
import { peerProgram } from "../harness/peer.ts";
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
  start: async () => await startNode(peerProgram("ws", "ws-chat-server.js")),
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
    start: async () => await startNode(peerProgram("socket.io", "socket-io-chat-server.js")),
  },
  {
    name: "partyserver",
    dialect: "partyserver",
    keepsLog: false,
    start: async () =>
      await startWorker(peerProgram("partyserver", "partyserver-chat-worker.js"), {}, { Chat: "Chat" }),
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
    name: "bare object",
    dialect: "plain",
    keepsLog: false,
    start: async () =>
      await startWorker(new URL("bare-room-worker.ts", import.meta.url), {}, { BARE_ROOMS: "BareRoom" }),
  },
  {
    name: "nchan",
    dialect: "nchan",
    keepsLog: false,
    start: async () =>
      await startNginx({ modules: ["ngx_nchan_module"], conf: new URL("nchan.conf", import.meta.url) }),
  },
];
