import { hash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import { CERTIFICATE } from "./certificate.ts";

/** A site of this machine, with and without TLS. */
export interface WebOrigin extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly secureUrl: string;
}

/** What a site says over WebSocket before it closes. */
export const GREETING = "hello over a socket";

/**
 * Starts a site that serves the files below a folder, answers PUT with the SHA-256 of what it was sent, and greets over
 * WebSocket whoever asks for it.
 *
 * @param pages Paths with what is served there besides; they are given the site's own URL.
 */
export async function webOrigin(
  folder: string,
  pages: Readonly<Record<string, (url: string) => string>> = {},
): Promise<WebOrigin> {
  const answer = async (incoming: http.IncomingMessage): Promise<Buffer> => {
    if (incoming.method === "PUT") return Buffer.from(hash("sha256", await buffer(incoming)));
    const { pathname } = new URL(incoming.url ?? "", "http://origin");
    const page = pages[pathname];
    if (page !== undefined) return Buffer.from(page(`http://${incoming.headers.host}`));
    return await readFile(join(folder, normalize(decodeURIComponent(pathname))));
  };
  const serve: http.RequestListener = (incoming, outgoing) => {
    const isPage = incoming.url?.endsWith(".html") === true;
    answer(incoming).then(
      (body) => outgoing.writeHead(200, isPage ? { "Content-Type": "text/html" } : {}).end(body),
      () => outgoing.writeHead(404).end(),
    );
  };
  const servers = [http.createServer(serve), https.createServer(CERTIFICATE, serve)] as const;
  for (const server of servers) {
    server.on("upgrade", ({ headers }, socket) => {
      socket.on("error", () => undefined).resume();
      const key = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`; // RFC 6455 §1.3
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash("sha1", key, "base64")}\r\n\r\n`,
      );
      // A text frame, and a close frame (§5.2).
      socket.end(Buffer.from(`\x81${String.fromCharCode(GREETING.length)}${GREETING}\x88\x00`, "latin1"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  const place = (server: http.Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens at a host and a port
  return {
    url: `http://${place(servers[0])}`,
    secureUrl: `https://${place(servers[1])}`,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await server[Symbol.asyncDispose]();
      }
    },
  };
}
