import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Service } from "../service.ts";
import { runExchange } from "./exchange.ts";
import type { PortRanges } from "./guard/ports.ts";
import { allowList, type AllowEntry } from "./guard/allow-list.ts";
import { type GuardPolicy, portRule, type Resolve } from "./guard/judge.ts";
import { type Listener, ownListeners } from "./guard/own-listeners.ts";
import { parseRefusal } from "./parse-refusal.ts";
import { answerRefusal, bytesOf, type OwnAnswer, Refusal } from "./refusal.ts";
import { checkCredentials } from "./rules/credentials.ts";
import { examineConnect, examineRequest, type RequestHead, type Rules } from "./rules/examine.ts";
import { requestHead } from "./rules/request-head.ts";
import { joinSockets } from "./tunnel.ts";
import { dial, type Dialling, systemResolve } from "./upstream/dial.ts";

/** How the proxy is to be. */
export interface ProxyOptions {
  readonly host: string;
  readonly port: number;
  readonly allow: readonly AllowEntry[];
  readonly ports: PortRanges;
  readonly connectPorts: PortRanges;
  /** `user:password`; without them everybody may. */
  readonly credentials: string | undefined;
  readonly headersMs: number;
  readonly connectMs: number;
  readonly idleMs: number;
  readonly halfClosedMs: number;
}

/** What the proxy is given. */
export interface ProxyPorts {
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  /** Where this process listens besides. */
  readonly listeners?: () => readonly Listener[];
  readonly resolve?: Resolve;
}

/** Opens the HTTP proxy: requests in absolute-form, and CONNECT (RFC 9110 §9.3.6). */
export async function openProxy(
  options: ProxyOptions,
  { log, listeners = () => [], resolve = systemResolve }: ProxyPorts,
): Promise<Service> {
  const pseudonym = `manifold-${randomBytes(4).toString("hex")}`;
  const rules: Rules = { pseudonym, mayUse: checkCredentials(options.credentials) };
  const own: Listener[] = [];
  const policy: GuardPolicy = {
    allow: allowList(options.allow),
    ports: { request: options.ports, tunnel: options.connectPorts },
    isOwn: ownListeners(() => [...own, ...listeners()]),
  };
  const dialling: Dialling = { policy, resolve, connectMs: options.connectMs };
  const sockets = new Set<Socket>();
  let isDraining = false;

  const refuse = (incoming: IncomingMessage, outgoing: ServerResponse, refusal: Refusal) => {
    log({ event: "request", ok: false, method: incoming.method, why: refusal.message, kind: refusal.kind });
    if (!incoming.complete) outgoing.shouldKeepAlive = false;
    answer(outgoing, answerRefusal(refusal, pseudonym));
  };
  /** Answers on a connection that carries nothing else any more, and reads no further. */
  const refuseSocket = (socket: Socket, refusal: Refusal) => {
    log({ event: "refused", ok: false, why: refusal.message, kind: refusal.kind });
    if (socket.writable) socket.end(bytesOf(answerRefusal(refusal, pseudonym)));
    socket.destroySoon();
  };

  const onRequest = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const head = headOf(incoming);
    const examination = isDraining ? DRAINING : examineRequest(head, rules);
    if (examination.outcome === "refuse") return refuse(incoming, outgoing, examination.refusal);
    if (examination.outcome === "answer") return answer(outgoing, examination.answer);
    const { request } = examination;
    const rule = portRule(request.target, "request", policy);
    if (rule !== undefined) return refuse(incoming, outgoing, new Refusal("port", rule));
    const gone = new AbortController();
    const leave = () => gone.abort();
    outgoing.once("close", leave);
    try {
      const origin = await dial(request.target, "request", dialling, gone.signal);
      outgoing.off("close", leave);
      const written = requestHead(request, head.raw, { pseudonym, forwardedFor: undefined });
      const onRefusal = (refusal: Refusal) => refuse(incoming, outgoing, refusal);
      const { idleMs } = options;
      outgoing.once("close", () =>
        log({
          event: "request",
          ok: outgoing.writableFinished,
          method: request.method,
          host: request.target.authority,
          status: outgoing.statusCode,
        }),
      );
      runExchange({ request, incoming, outgoing, origin, head: written, pseudonym, idleMs, onRefusal });
    } catch (error) {
      if (!gone.signal.aborted) refuse(incoming, outgoing, asRefusal(error));
    }
  };
  const onConnect = async (incoming: IncomingMessage, socket: Socket, early: Buffer) => {
    const gone = new AbortController();
    const leave = () => gone.abort();
    socket.on("error", leave).once("close", leave);
    const destination = isDraining ? DRAINING.refusal : examineConnect(headOf(incoming), rules);
    if (destination instanceof Refusal) return refuseSocket(socket, destination);
    try {
      const origin = await dial(destination, "tunnel", dialling, gone.signal);
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (early.length > 0) origin.write(early);
      joinSockets(socket, origin, options);
      socket.once("close", () =>
        log({
          event: "tunnel",
          ok: true,
          host: incoming.url,
          sentBytes: origin.bytesWritten,
          receivedBytes: origin.bytesRead,
        }),
      );
    } catch (error) {
      if (!gone.signal.aborted) refuseSocket(socket, asRefusal(error));
    }
  };

  const server = createServer({
    requireHostHeader: false, // these rules say it with their own words
    insecureHTTPParser: false,
    headersTimeout: options.headersMs,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1_000, options.headersMs),
  });
  // Beyond its default Node drops fields in silence; the size of all of them is bounded anyway.
  server.maxHeadersCount = 0;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (incoming, outgoing) => void onRequest(incoming, outgoing));
  server.on("checkExpectation", (incoming, outgoing) =>
    refuse(incoming, outgoing, new Refusal("expectation", "of expectations only 100-continue is known here")),
  );
  // The origin says whether to go on; its 100 comes through like any other interim answer.
  server.on("checkContinue", (incoming, outgoing) => void onRequest(incoming, outgoing));
  server.on("connect", (incoming, socket, early) => void onConnect(incoming, socket as Socket, early));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // What comes after a request that said it was the last is no request; its answer goes on (RFC 9112 §9.6).
    if (error.code === "HPE_CLOSED_CONNECTION") return;
    const refusal = parseRefusal(error);
    // Half an answer may be on its way: what would be written now would be taken for the rest of it.
    if (refusal === undefined || (socket as Socket).bytesWritten > 0) return void socket.destroy();
    refuseSocket(socket as Socket, refusal);
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  const { address, port } = server.address() as AddressInfo; // it listens at a host and a port
  own.push({ address, port });

  const close = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    name: "proxy",
    address: `${address}:${port}`,
    async drain(deadline) {
      isDraining = true;
      const before = sockets.size;
      const closed = server.listening ? once(server, "close") : undefined;
      server.close();
      let cut = 0;
      const cutOff = () => {
        cut = sockets.size;
        for (const socket of sockets) socket.destroy();
      };
      if (deadline.aborted) cutOff();
      else deadline.addEventListener("abort", cutOff);
      await closed;
      deadline.removeEventListener("abort", cutOff);
      return { name: "proxy", finished: before - cut, cut };
    },
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await close();
    },
  };
}

const DRAINING = {
  outcome: "refuse",
  refusal: new Refusal("draining", "this proxy is about to stop"),
} as const;

function answer(outgoing: ServerResponse, { status, title, fields, body }: OwnAnswer): void {
  outgoing.writeHead(status, title, [...fields, "Content-Length", String(body.length)]);
  outgoing.end(body);
}

function headOf({ method = "", url = "", httpVersion, rawHeaders }: IncomingMessage): RequestHead {
  return { method, url, httpVersion, raw: rawHeaders };
}

function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal("internal", "this proxy failed", { cause: error });
}
