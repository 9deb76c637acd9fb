import type { RoomOptions } from "../../src/chat/rooms.ts";
import type { Message } from "../../src/chat/wire.ts";
import { ticketKey } from "../../src/http/ticket.ts";

/** Rooms in which one message was said, whoever asks; what connects is told so in the status that Node allows. */
export function fakeRooms(options: Partial<RoomOptions> = {}) {
  const used = new Set<string>();
  const asked: string[] = [];
  const message: Message = { seq: 1, uid: "u", name: "ann", text: "hello", ts: 0 };
  const rooms: RoomOptions = {
    roomFor: (room) => ({
      connect: async (address) => {
        asked.push(`${room} from ${address}`);
        return await Promise.resolve(new Response(null, { status: 204 }));
      },
      history: async ({ before = Infinity, after = 0 }) =>
        await Promise.resolve({ items: before > 1 && after < 1 ? [message] : [], more: false }),
      members: async () => await Promise.resolve({ members: [{ uid: "u", name: "ann" }], count: 1 }),
      kick: async (uid) => await Promise.resolve(uid === "u"),
      useTicket: async (id) => {
        const isFirst = !used.has(id);
        used.add(id);
        return await Promise.resolve(isFirst);
      },
    }),
    ticketKey: async () => await ticketKey("a-secret-of-the-tests-".repeat(3)),
    members: {},
    addressOf: () => "somewhere",
    ...options,
  };
  return { rooms, asked };
}
