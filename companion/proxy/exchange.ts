import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Account } from "./account.ts";
import { Refusal } from "./refusal.ts";
import { asRefusal } from "./refuse.ts";
import { resetSocket } from "./reset-socket.ts";
import type { Examined } from "./rules/examine.ts";
import { passingTrailers } from "./rules/hop-by-hop.ts";
import { type ResponseHead, responseFields } from "./rules/response-head.ts";
import { createResponseReader, type ResponseSink } from "./upstream/response-reader.ts";

/** One request on its way through a connection to its origin. */
interface ExchangeOptions {
  readonly request: Examined;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly origin: Socket;
  /** As it goes to the origin. */
  readonly head: string;
  readonly pseudonym: string;
  /** How long nothing may move. */
  readonly idleMs: number;
  /** The same when the client has said all it will say, which may be because it is gone. */
  readonly halfClosedMs: number;
  readonly account: Account;
  /** Is told what went wrong; to be answered, as long as nothing else has been. */
  readonly onRefusal: (refusal: Refusal) => void;
  /** Takes the connection to the origin when it may carry another request. */
  readonly onReusable: (origin: Socket) => void;
  /** Is told, in place of a refusal, that the connection broke before anything of an answer came. */
  readonly onStale: (() => void) | undefined;
  /** Takes both sides when the origin changes to the protocol that was asked for; `rest` came after that. */
  readonly onSwitch: ((head: ResponseHead, rest: Buffer) => void) | undefined;
}

/** Sends a request on and its answer back, piece by piece. An answer that breaks off ends in a reset, never cleanly. */
export function runExchange(options: ExchangeOptions): void {
  const { request, incoming, outgoing, origin, pseudonym, idleMs, account } = options;
  const isHttp11 = request.httpVersion === "1.1";
  const before = { sent: origin.bytesWritten, received: origin.bytesRead };
  let isOver = false;
  let isChunked = false;

  /** Lets go of the connection to the origin, which goes on to whoever is next or ends. */
  const leave = () => {
    isOver = true;
    account.note({
      sentBytes: origin.bytesWritten - before.sent,
      receivedBytes: origin.bytesRead - before.received,
    });
    origin.off("data", onData).off("end", onEnd).off("timeout", onTimeout);
    origin.off("error", onError).off("close", onError);
    origin.setTimeout(0);
    outgoing.off("close", onGone).off("drain", onDrain);
    incoming.socket.off("end", onHalfClosed);
  };
  const fail = (refusal: Refusal) => {
    if (isOver) return;
    leave();
    origin.destroy();
    if (options.onStale !== undefined && !reader.hasBegun() && STALE.has(refusal.kind)) {
      options.onStale();
      return;
    }
    const hasBegun = outgoing.headersSent;
    options.onRefusal(refusal);
    if (hasBegun) resetSocket(incoming.socket);
  };
  const sink: ResponseSink = {
    onInformation(head) {
      // Behind another answer it would come out of turn.
      if (!isHttp11 || outgoing.socket === null) return;
      incoming.socket.write(interimHead(head, pseudonym), "latin1");
    },
    onHead(head, body) {
      isChunked = isHttp11 && body.kind === "chunked";
      account.enter("answering");
      outgoing.writeHead(head.status, head.reason, responseFields(head, pseudonym, isChunked));
    },
    onData(bytes) {
      if (!outgoing.write(bytes)) origin.pause();
    },
    onEnd(trailers, isReusable) {
      leave();
      // The origin has answered before it had heard all: nobody takes the rest.
      const isAllSent = !request.hasBody || incoming.complete;
      if (!isAllSent) outgoing.once("finish", () => incoming.socket.destroySoon());
      if (isChunked && trailers.length > 0) outgoing.addTrailers(passingTrailers(trailers));
      outgoing.end();
      if (isReusable && isAllSent) options.onReusable(origin);
      else origin.destroy();
    },
    onSwitch(head, rest) {
      if (options.onSwitch === undefined || !isToWebSocket(head)) {
        throw new Refusal("upgrade-failed", "the origin changes to another protocol unasked");
      }
      leave();
      options.onSwitch(head, rest);
    },
  };
  const reader = createResponseReader(request.method, sink);
  const guard = (step: () => void) => {
    try {
      if (!isOver) step();
    } catch (error) {
      fail(asRefusal(error));
    }
  };
  const onData = (bytes: Buffer) => guard(() => reader.read(bytes));
  const onEnd = () => guard(() => reader.end());
  const onTimeout = () => {
    if (outgoing.writableNeedDrain) {
      return fail(new Refusal("slow-request", "the client did not take the answer in time"));
    }
    // Whoever still owes bytes that would be taken is who keeps the other waiting.
    const isClient = request.hasBody && !incoming.complete && !origin.writableNeedDrain;
    fail(
      isClient
        ? new Refusal("slow-request", "the request's body did not come in time")
        : new Refusal("answer-timeout", "the origin did not answer in time"),
    );
  };
  const onError = () => fail(new Refusal("terminated", "the origin broke off the connection"));
  const onHalfClosed = () => void origin.setTimeout(Math.min(idleMs, options.halfClosedMs));
  const onDrain = () => void origin.resume();
  const onGone = () => {
    leave();
    origin.destroy();
  };

  origin.on("data", onData).on("end", onEnd).on("timeout", onTimeout);
  origin.on("error", onError).on("close", onError);
  origin.setTimeout(idleMs);
  if (incoming.socket.readableEnded) onHalfClosed();
  else incoming.socket.once("end", onHalfClosed);
  outgoing.prependListener("close", onGone).on("drain", onDrain);
  origin.write(options.head, "latin1");
  if (request.hasBody) sendBody(incoming, origin, request.fields.transferEncodings.length > 0);
}

/** Whether a 101 says that it is WebSocket from here on, which is all that is ever asked for. */
function isToWebSocket({ raw }: ResponseHead): boolean {
  const at = raw.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === "upgrade");
  return at !== -1 && raw[at + 1]?.toLowerCase() === "websocket";
}

/** What a connection that the origin had closed meanwhile looks like. */
const STALE = new Set<Refusal["kind"]>(["terminated", "incomplete"]);

/** A 1xx as it goes to the client. */
export function interimHead(head: ResponseHead, pseudonym: string, more = ""): string {
  const fields = responseFields({ ...head, httpVersion: "1.1" }, pseudonym, false);
  let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  for (let at = 0; at < fields.length; at += 2) text += `${fields[at]}: ${fields[at + 1]}\r\n`;
  return `${text}${more}\r\n`;
}

/** Sends a request's body on, in chunks if that is how it came, at the pace at which the origin takes it. */
function sendBody(incoming: IncomingMessage, origin: Socket, inChunks: boolean): void {
  incoming.on("data", (bytes: Buffer) => {
    if (origin.destroyed) return;
    if (inChunks) origin.write(`${bytes.length.toString(16)}\r\n`);
    const isTaken = origin.write(bytes);
    if (inChunks) origin.write("\r\n");
    if (isTaken) return;
    incoming.pause();
    const resume = () => {
      origin.off("drain", resume).off("close", resume);
      incoming.resume();
    };
    // A body of which nobody takes the rest is read all the same: what the client is told comes behind it.
    origin.on("drain", resume).on("close", resume);
  });
  incoming.on("end", () => {
    if (!inChunks || origin.destroyed) return;
    const trailers = passingTrailers(incoming.rawTrailers).map(([name, value]) => `${name}: ${value}\r\n`);
    origin.write(`0\r\n${trailers.join("")}\r\n`, "latin1");
  });
}
