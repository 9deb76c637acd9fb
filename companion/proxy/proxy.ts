import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Surroundings } from "../listen.ts";
import type { Service } from "../service.ts";
import { createAnswers } from "./answers.ts";
import { watchConnections } from "./connections.ts";
import type { Forwarding } from "./forwarding.ts";
import { guardPolicy } from "./guard/policy.ts";
import type { Resolve } from "./guard/judge.ts";
import type { ProxyOptions } from "./options.ts";
import { parseRefusal } from "./parse-refusal.ts";
import { Refusal } from "./refusal.ts";
import { refuseSocket, sendRefusal } from "./refuse.ts";
import { resetSocket } from "./reset-socket.ts";
import { serveRequest } from "./requests.ts";
import { checkCredentials } from "./rules/credentials.ts";
import { serveTunnel } from "./tunnels.ts";
import { systemResolve } from "./upstream/dial.ts";
import { createPool } from "./upstream/pool.ts";
import { isUpgrade, serveUpgrade } from "./upgrades.ts";

/** How many may knock at once; the system has a limit of its own. */
const BACKLOG = 4_096;

/** What the proxy is given besides what every service is. */
export interface ProxySurroundings extends Surroundings {
  /** Where this process listens besides, as `host:port`: it is never connected to. */
  readonly ownAddresses: () => readonly string[];
  readonly resolve?: Resolve;
}

/**
 * Opens the HTTP proxy: requests in absolute-form, and CONNECT.
 *
 * @throws What the system says when it cannot listen.
 */
export async function startProxy(options: ProxyOptions, surroundings: ProxySurroundings): Promise<Service> {
  const { log, registry, resolve = systemResolve } = surroundings;
  const pseudonym = `manifold-${randomBytes(4).toString("hex")}`;
  const answers = createAnswers();
  const server = createServer({
    requireHostHeader: false, // these rules say it with their own words
    insecureHTTPParser: false,
    noDelay: true,
    headersTimeout: options.headersMs,
    requestTimeout: 0,
    // Behind an answer that is still on its way, the wish is not passed on.
    shouldUpgradeCallback: (incoming) => isUpgrade(incoming) && !answers.isOwed(incoming.socket),
    connectionsCheckingInterval: Math.min(1_000, options.headersMs),
  });
  // Beyond its default Node drops fields in silence; the size of all of them is bounded anyway.
  server.maxHeadersCount = 0;
  // Node (24.21.0) has this on the server, and not among its options: who has said all still gets an answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.listen({ port: options.port, host: options.host, backlog: BACKLOG });
  await once(server, "listening");
  const at = server.address() as AddressInfo; // it listens at a host and a port
  const address = `${at.family === "IPv6" ? `[${at.address}]` : at.address}:${at.port}`;
  // What is open stays so.
  server.on("error", (error) => log.error({ event: "listener-failed", service: "proxy", err: error }));

  const service = registry.register({ kind: "service", name: "proxy", state: "listening" });
  const connections = watchConnections(server, options, surroundings, service, pseudonym);
  const policy = guardPolicy(options, () => [address, ...surroundings.ownAddresses()]);
  const pool = createPool();
  let isDraining = false;
  const forwarding: Forwarding = {
    ...surroundings,
    options,
    rules: { pseudonym, mayUse: checkCredentials(options.credentials) },
    dialling: { policy, resolve, connectMs: options.connectMs },
    pool,
    isDraining: () => isDraining,
    entryOf: (socket) => connections.entryOf(socket),
  };

  const isIn = (socket: Socket) => connections.entryOf(socket) !== undefined;
  /** A fault of one connection is its own. */
  const guard = async (socket: Socket, serve: () => Promise<void>) => {
    try {
      await serve();
    } catch (error) {
      log.error({ event: "connection-broken", service: "proxy", err: error });
      socket.destroy();
    }
  };
  const owe = (socket: Socket, outgoing: ServerResponse, serve: () => void) => {
    answers.add(socket, outgoing, serve);
    outgoing.once("close", () => {
      if (isDraining && !answers.isOwed(socket)) socket.destroySoon();
    });
  };
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    if (!isIn(socket)) return;
    const serve = async () => await serveRequest(incoming, outgoing, forwarding);
    owe(socket, outgoing, () => void guard(socket, serve));
  };
  // Of an expectation, the origin says whether to go on; its 100 comes through like any other interim answer.
  server.on("request", onRequest).on("checkContinue", onRequest);
  server.on("checkExpectation", (incoming, outgoing) => {
    const { socket, method } = incoming;
    if (!isIn(socket)) return;
    const refusal = new Refusal("expectation", "of expectations only 100-continue is known here");
    owe(socket, outgoing, () => {
      const { kind, message: why } = refusal;
      log.info({ event: "request", ok: false, method, peer: connections.entryOf(socket)?.peer, kind, why });
      sendRefusal(incoming, outgoing, refusal, pseudonym);
    });
  });
  server.on("connect", (incoming, stream, early) => {
    const socket = stream as Socket; // it came over TCP
    if (!isIn(socket)) return;
    // What a tunnel says would come in the middle of an answer.
    if (answers.isOwed(socket)) {
      resetSocket(socket);
      answers.drop(socket);
    } else void guard(socket, async () => await serveTunnel(incoming, socket, early, forwarding));
  });
  server.on("upgrade", (incoming, stream, early) => {
    const socket = stream as Socket; // it came over TCP
    if (isIn(socket)) void guard(socket, async () => await serveUpgrade(incoming, socket, early, forwarding));
  });
  // Who waits for an answer may wait as long as its origin may take; who does not take it is let go of.
  server.timeout = options.idleMs;
  server.on("timeout", (socket) => {
    if (!answers.isOwed(socket)) socket.destroy();
    else if (socket.writableLength > 0) resetSocket(socket);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket; // it came over TCP
    // What comes after a request that said it was the last is no request; its answer goes on (RFC 9112 §9.6).
    if (error.code === "HPE_CLOSED_CONNECTION") return;
    const refusal = parseRefusal(error);
    // Before another answer, or in the middle of one, it would be taken for that.
    if (refusal === undefined || !answers.mayRefuse(socket) || !isIn(socket)) return void socket.destroy();
    const { kind, message: why } = refusal;
    log.info({ event: "refused", ok: false, peer: connections.entryOf(socket)?.peer, kind, why });
    refuseSocket(socket, refusal, pseudonym);
  });
  log.info({ event: "listening", service: "proxy", address });

  // Not by `once`, which rejects at the first fault that the listener lives through.
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  server.once("close", onClosed);
  const close = async () => {
    pool.close();
    if (server.listening) server.close();
    connections.destroyAll();
    await closed;
    service[Symbol.dispose]();
  };
  return {
    name: "proxy",
    address,
    async drain(deadline) {
      isDraining = true;
      service.state = "draining";
      const before = connections.size;
      let cut = 0;
      const cutOff = () => {
        cut = connections.size;
        connections.destroyAll();
      };
      server.close();
      pool.close();
      if (deadline.aborted) cutOff();
      else deadline.addEventListener("abort", cutOff);
      await closed;
      deadline.removeEventListener("abort", cutOff);
      service[Symbol.dispose]();
      return { name: "proxy", finished: before - cut, cut };
    },
    [Symbol.asyncDispose]: close,
  };
}
