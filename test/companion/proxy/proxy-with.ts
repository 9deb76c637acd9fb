import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { readCompanionOptions } from "../../../companion/options.ts";
import type { ProxyOptions } from "../../../companion/proxy/options.ts";
import { type ProxySurroundings, startProxy } from "../../../companion/proxy/proxy.ts";
import type { Service } from "../../../companion/service.ts";
import { surroundings } from "../surroundings.ts";

/** A proxy that may reach this machine, at a port that is free. */
export async function proxyWith(
  more: Partial<ProxyOptions> = {},
  around: Partial<ProxySurroundings> = {},
): Promise<Service> {
  const { proxy } = readCompanionOptions([], { PROXY_ALLOW: "127.0.0.1" });
  return await startProxy(
    { ...proxy, port: 0, ...more },
    { ...surroundings(), ownAddresses: () => [], ...around },
  );
}

/** An origin that is given each connection as it is. */
export async function rawOrigin(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // How a connection ends is what tests look at.
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    sockets.add(socket);
    onConnection(socket);
  });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 });
  await once(server, "listening");
  return {
    place: `127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens at a host and a port
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Sends bytes, and gives what comes until the status line is whole or the connection ends. */
export async function firstLine(address: string, bytes: string): Promise<string> {
  const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
  let text = "";
  socket.on("error", () => undefined);
  socket.write(bytes, "latin1");
  for await (const piece of socket) {
    text += String(piece);
    if (text.includes("\r\n")) break;
  }
  socket.destroy();
  return text.split("\r\n", 1)[0] ?? "";
}

/** Sends bytes, and gives all that comes until the other side is done. */
export async function all(address: string, bytes: string): Promise<string> {
  const socket = connect({ port: Number(address.split(":")[1]), host: "127.0.0.1", allowHalfOpen: true });
  socket.write(bytes, "latin1");
  let text = "";
  for await (const piece of socket) text += String(piece);
  return text;
}
