import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Account } from "./account.ts";
import { Refusal } from "./refusal.ts";
import type { Examined } from "./rules/examine.ts";
import { passingTrailers } from "./rules/hop-by-hop.ts";
import { responseFields } from "./rules/response-head.ts";
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
  readonly account: Account;
  /** Is told what went wrong; to be answered, as long as nothing else has been. */
  readonly onRefusal: (refusal: Refusal) => void;
}

/** Sends a request on and its answer back, piece by piece. An answer that breaks off ends in a reset, never cleanly. */
export function runExchange(options: ExchangeOptions): void {
  const { request, incoming, outgoing, origin, pseudonym, idleMs, account } = options;
  const isHttp11 = request.httpVersion === "1.1";
  const state = { isOver: false, isChunked: false };

  const fail = (refusal: Refusal) => {
    if (state.isOver) return;
    state.isOver = true;
    account.note({ sentBytes: origin.bytesWritten, receivedBytes: origin.bytesRead });
    origin.destroy();
    const hasBegun = outgoing.headersSent;
    options.onRefusal(refusal);
    if (hasBegun) incoming.socket.resetAndDestroy();
  };
  const sink: ResponseSink = {
    onInformation({ status, reason, raw }) {
      // Behind another answer it would come out of turn.
      if (!isHttp11 || outgoing.socket === null) return;
      const fields = responseFields({ status, reason, raw, httpVersion: "1.1" }, pseudonym, false);
      let head = `HTTP/1.1 ${status} ${reason}\r\n`;
      for (let at = 0; at < fields.length; at += 2) head += `${fields[at]}: ${fields[at + 1]}\r\n`;
      incoming.socket.write(`${head}\r\n`, "latin1");
    },
    onHead(head, body) {
      const hasTrailers = isHttp11 && body.kind === "chunked";
      state.isChunked = hasTrailers;
      account.enter("answering");
      outgoing.writeHead(head.status, head.reason, responseFields(head, pseudonym, hasTrailers));
    },
    onData(bytes) {
      if (outgoing.write(bytes)) return;
      origin.pause();
      outgoing.once("drain", () => origin.resume());
    },
    onEnd(trailers) {
      state.isOver = true;
      if (state.isChunked && trailers.length > 0) outgoing.addTrailers(passingTrailers(trailers));
      outgoing.end();
      origin.destroy();
      // The origin has answered before it had heard all; nobody takes the rest.
      if (!incoming.complete) outgoing.once("finish", () => incoming.socket.destroySoon());
    },
    onSwitch: () => fail(new Refusal("upgrade-failed", "the origin changes to another protocol unasked")),
  };
  const reader = createResponseReader(request.method, sink);
  const guard = (step: () => void) => {
    if (state.isOver) return;
    try {
      step();
    } catch (error) {
      fail(error instanceof Refusal ? error : new Refusal("internal", "this proxy failed", { cause: error }));
    }
  };

  origin.on("data", (bytes: Buffer) => guard(() => reader.read(bytes)));
  origin.on("end", () => guard(() => reader.end()));
  origin.on("error", () => fail(new Refusal("terminated", "the origin broke off the connection")));
  origin.setTimeout(idleMs, () => {
    // Whoever still owes bytes that would be taken is who keeps the other waiting.
    const isClient = !incoming.complete && !origin.writableNeedDrain;
    fail(
      isClient
        ? new Refusal("slow-request", "the request's body did not come in time")
        : new Refusal("answer-timeout", "the origin did not answer in time"),
    );
  });
  outgoing.prependOnceListener("close", () => {
    state.isOver = true;
    account.note({ sentBytes: origin.bytesWritten, receivedBytes: origin.bytesRead });
    origin.destroy();
  });
  origin.write(options.head, "latin1");
  if (request.hasBody) sendBody(incoming, origin, request.fields.transferEncodings.length > 0);
}

/** Sends a request's body on, in chunks if that is how it came, at the pace at which the origin takes it. */
function sendBody(incoming: IncomingMessage, origin: Socket, inChunks: boolean): void {
  incoming.on("data", (bytes: Buffer) => {
    if (inChunks) origin.write(`${bytes.length.toString(16)}\r\n`);
    const isTaken = origin.write(bytes);
    if (inChunks) origin.write("\r\n");
    if (isTaken) return;
    incoming.pause();
    origin.once("drain", () => incoming.resume());
  });
  incoming.on("end", () => {
    if (!inChunks) return;
    const trailers = passingTrailers(incoming.rawTrailers).map(([name, value]) => `${name}: ${value}\r\n`);
    origin.write(`0\r\n${trailers.join("")}\r\n`, "latin1");
  });
}
