import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { makeTricks } from "./tricks.ts";

/** A host that means no good to crawlers, on loopback. */
export interface HostileServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  /** What it was asked for. */
  readonly asked: readonly string[];
  /** How many bytes it got rid of for a path. */
  readonly sent: ReadonlyMap<string, number>;
}

/** Starts it. */
export async function startHostileServer(): Promise<HostileServer> {
  const play = await makeTricks();
  const asked: string[] = [];
  const sent = new Map<string, number>();
  const server = createServer((request, response) => {
    const { url: path = "/", socket } = request;
    asked.push(path);
    const before = socket.bytesWritten;
    response.once("close", () => sent.set(path, socket.bytesWritten - before));
    // Who has gone away meanwhile has seen enough.
    void Promise.resolve(play(response, path)).catch(() => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    sent,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
