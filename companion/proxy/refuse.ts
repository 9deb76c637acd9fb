import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answerRefusal, bytesOf, type OwnAnswer, Refusal } from "./refusal.ts";

/** Writes an answer of this proxy's own. */
export function sendAnswer(outgoing: ServerResponse, { status, title, fields, body }: OwnAnswer): void {
  outgoing.writeHead(status, title, [...fields, "Content-Length", String(body.length)]);
  outgoing.end(body);
}

/** Answers a request with a refusal; what it has not sent yet is not waited for. */
export function sendRefusal(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  refusal: Refusal,
  pseudonym: string,
): void {
  if (!incoming.complete) outgoing.shouldKeepAlive = false;
  sendAnswer(outgoing, answerRefusal(refusal, pseudonym));
}

/** Answers on a connection that carries nothing else any more, and reads no further. */
export function refuseSocket(socket: Socket, refusal: Refusal, pseudonym: string): void {
  if (socket.writable) socket.end(bytesOf(answerRefusal(refusal, pseudonym)));
  socket.destroySoon();
}

/** Whatever went wrong, as what is said of it. */
export function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal("internal", "this proxy failed", { cause: error });
}

export const DRAINING = new Refusal("draining", "this proxy is about to stop");
