import type * as z from "zod";
import { connectChat } from "../../src/chat/client.ts";
import { type Connection, listen, type Surroundings } from "../listen.ts";
import type { Service } from "../service.ts";
import { credentialsFor } from "./credentials.ts";
import { MESSAGES } from "./languages.ts";
import type { CHAT_OPTIONS } from "./options.ts";
import { askDoor } from "./room-door.ts";
import { socketsWith } from "./sockets-with.ts";
import { serveTerminal } from "./terminal.ts";

type TelnetOptions = Omit<z.output<typeof CHAT_OPTIONS>, "port"> & { readonly port: number };

/** Lets terminals into the rooms of a Worker. @throws What the system says when it cannot listen. */
export async function startTelnet(
  { port, host, lang, url, token, room, connections, perAddress, idleMs }: TelnetOptions,
  surroundings: Surroundings,
): Promise<Service> {
  const { clock } = surroundings;
  const onConnection = (connection: Connection) => {
    const { socket, entry, log } = connection;
    const headers = credentialsFor(token, socket.remoteAddress);
    const WebSocket = socketsWith(headers);
    return serveTerminal(connection, {
      messages: MESSAGES[lang],
      room,
      clock,
      connect: (name, as) =>
        connectChat({ url: `${url.replace(/^http/, "ws")}/v1/rooms/${name}`, name: as, WebSocket, clock }),
      async askDoor(name) {
        const barred = await askDoor(`${url}/v1/rooms/${name}`, headers, clock);
        if (barred !== undefined)
          log.warn({ event: "room-refused", peer: entry.peer, room: name, ...barred });
        return barred;
      },
    });
  };
  return await listen({
    ...surroundings,
    name: "chat",
    where: { host, port },
    caps: { total: connections, perAddress },
    idleMs,
    onConnection,
  });
}
