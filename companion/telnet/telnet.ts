import type * as z from "zod";
import { connectChat } from "../../src/chat/client.ts";
import { listen, type Surroundings } from "../listen.ts";
import type { Service } from "../service.ts";
import { MESSAGES } from "./messages.ts";
import type { CHAT_OPTIONS } from "./options.ts";
import { socketsWith } from "./sockets-with.ts";
import { serveTerminal } from "./terminal.ts";

type TelnetOptions = Omit<z.output<typeof CHAT_OPTIONS>, "port"> & { readonly port: number };

/** Lets terminals into the rooms of a Worker. @throws What the system says when it cannot listen. */
export async function startTelnet(
  { port, host, lang, url, token, room, connections, perAddress, idleMs }: TelnetOptions,
  surroundings: Surroundings,
): Promise<Service> {
  const rooms = `${url.replace(/^http/, "ws")}/v1/rooms/`;
  const WebSocket = socketsWith(token === "" ? {} : { authorization: `Bearer ${token}` });
  const { clock } = surroundings;
  const connect = (name: string, as: string) =>
    connectChat({ url: `${rooms}${name}`, name: as, WebSocket, clock });
  return await listen({
    ...surroundings,
    name: "chat",
    where: { host, port },
    caps: { total: connections, perAddress },
    idleMs,
    onConnection: (connection) =>
      serveTerminal(connection, { messages: MESSAGES[lang], room, clock, connect }),
  });
}
