import type { ChatRelay } from "../durable-objects/chat-relay.ts";
import type { ChatRoom } from "../durable-objects/chat-room.ts";
import type { RoomSettings } from "./chat/settings.ts";
import { byIp, type KeyOf } from "./limits/caller-key.ts";
import { CONNECT_HEADER, type ConnectMessage, RELAY_HEADER, relayName, type RoomStub } from "./chat/stub.ts";
import { SUBPROTOCOL } from "./chat/wire.ts";

/** Reaches the room objects by name. */
export function openRooms(
  objects: DurableObjectNamespace<ChatRoom>,
  relays: DurableObjectNamespace<ChatRelay>,
  settings: RoomSettings,
): (room: string) => RoomStub {
  return (room) => {
    const stub = objects.getByName(room);
    return {
      history: async (query) => await stub.history(query, settings),
      members: async () => await stub.members(),
      kick: async (uid) => await stub.kick(uid),
      useTicket: async (id, expiresMs) => await stub.useTicket(id, expiresMs),
      async connect(address) {
        const message: ConnectMessage = { settings, address };
        const headers = { Upgrade: "websocket", [CONNECT_HEADER]: JSON.stringify(message) };
        const answer = await stub.fetch("http://room/", { headers });
        const relay = answer.headers.get(RELAY_HEADER);
        const { webSocket, status } =
          relay === null
            ? answer
            : await relays.getByName(relayName(room, Number(relay))).fetch("http://relay/", { headers });
        if (webSocket === null)
          throw new Error(`A room answered with status ${status} instead of a WebSocket`);
        // Our own answer, for that of an object cannot be given more fields.
        return new Response(null, {
          status: 101,
          webSocket,
          headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL },
        });
      },
    };
  };
}

/** Of this machine, and of nobody knows where: all who come from there are not one flood. */
const NOWHERE = new Set(["ip:unknown", "ip:127.0.0.1", "ip:::/64"]);

/** Whom a room counts floods by, as limits do: an IPv4 address, or the /64 of an IPv6 one. */
export function neighbourhoodOf(c: Parameters<KeyOf>[0]): string | undefined {
  const key = byIp(c);
  return NOWHERE.has(key) ? undefined : key;
}
