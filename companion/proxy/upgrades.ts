import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Forwarding } from "./forwarding.ts";
import { serveRequest } from "./requests.ts";
import { resetSocket } from "./reset-socket.ts";

/**
 * Whether a request asks for a change of protocol that is passed on: to WebSocket (RFC 6455 §4.1). Others are sent on
 * without that wish, as whoever does not know a protocol does; in HTTP/1.0 there is none (RFC 9110 §7.8).
 */
export function isUpgrade({ method, headers, httpVersion }: IncomingMessage): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
  return (
    httpVersion === "1.1" && method === "GET" && headers.upgrade?.toLowerCase() === "websocket" && !hasBody
  );
}

/**
 * Serves a request that asks for WebSocket: the last one on its connection, whatever comes of it.
 *
 * @param early What came behind it.
 */
export async function serveUpgrade(
  incoming: IncomingMessage,
  socket: Socket,
  early: Buffer,
  forwarding: Forwarding,
): Promise<void> {
  // Its end is what counts, and that is heard.
  socket.on("error", () => undefined);
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(socket);
  outgoing.once("finish", () => socket.destroySoon());
  socket.setTimeout(forwarding.options.idleMs, () => {
    // The answer is not taken; after a change of protocol it is no business of ours.
    if (outgoing.socket !== null && socket.writableLength > 0) resetSocket(socket);
  });
  await serveRequest(incoming, outgoing, forwarding, early);
}
