import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { handle, type World } from "./handle.ts";
import { createStats } from "./stats.ts";

/** How to run the demo upstreams. */
export interface DemoOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** How long every data route waits before it answers; 0 by default. */
  readonly latencyMs?: number;
  /** Draws from [0, 1) which calls a `failRate` strikes; `Math.random` by default. */
  readonly random?: () => number;
}

/** The running server. Disposing of it cuts all connections and gives the port back. */
export interface Demo extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Nobody but this machine reaches it. */
export const HOST = "127.0.0.1";

/**
 * Serves the demo upstreams on the loopback interface.
 *
 * @throws Node's error, with its `code`, when the port cannot be had.
 */
export async function startDemo({
  port = 0,
  latencyMs = 0,
  random = Math.random,
}: DemoOptions = {}): Promise<Demo> {
  const world: World = { state: { faults: {}, stats: createStats() }, latencyMs, random };
  const server = createServer((request, response) => void handle(request, response, world));
  // Closing a connection that a caller keeps for its next call would fail that call for no reason.
  server.keepAliveTimeout = 75_000;
  server.listen(port, HOST);
  await once(server, "listening");
  // Listening on a host and port, the address is neither null nor a pipe's name.
  const address = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${address.port}`,
    port: address.port,
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
