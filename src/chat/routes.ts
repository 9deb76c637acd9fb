import { Hono } from "hono";
import type * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { refuseInput } from "../http/input.ts";
import { ProblemError } from "../http/problem.ts";
import { CLIENT, floodKey } from "./gateway.ts";
import { Connect, Members, MessagePage, Page, RoomMember, RoomPath, TicketAnswer } from "./requests.ts";
import { expectMember, giveTicket, reachRoom, type RoomOptions } from "./rooms.ts";
import { expectUpgrade } from "./upgrade.ts";
import { SUBPROTOCOL } from "./wire.ts";

const connecting = guarded({
  scope: "chat",
  summary: "Connects to a room over a WebSocket",
  description: `An upgrade (RFC 6455) with subprotocol \`${SUBPROTOCOL}\`. Who cannot send a token brings a ticket. A gateway, whose token has the scope \`chat:gateway\`, says in \`${CLIENT}\` for whom it connects.`,
  takes: { param: RoomPath, query: Connect },
  answers: { 101: { description: "Connected" } },
  problems: ["not-a-member", "upgrade-required", "tickets-not-configured", "rooms-unavailable"],
});

const ticketing = guarded({
  scope: "chat",
  summary: "Makes a ticket for a browser to connect with",
  takes: { param: RoomPath },
  answers: { 201: { description: "Good once, for this room, for a minute", schema: TicketAnswer } },
  problems: ["not-a-member", "tickets-not-configured"],
});

const reading = guarded({
  scope: "chat",
  summary: "Reads the messages of a room",
  takes: { param: RoomPath, query: Page },
  answers: { 200: { description: "A page", schema: MessagePage } },
  problems: ["not-a-member", "rooms-unavailable"],
});

const listing = guarded({
  scope: "chat",
  summary: "Lists who is in a room",
  takes: { param: RoomPath },
  answers: { 200: { description: "They are here", schema: Members } },
  problems: ["not-a-member", "rooms-unavailable"],
});

const kicking = guarded({
  scope: "chat:moderate",
  summary: "Sends a user away from a room",
  description:
    "Every socket of the user is closed with code 4002, after which clients do not come back by themselves.",
  takes: { param: RoomMember },
  answers: { 204: { description: "They are gone" } },
  problems: ["not-found", "rooms-unavailable"],
});

/** Offers the rooms. */
export function roomRoutes(rooms: RoomOptions, world: Parameters<typeof giveTicket>[3]) {
  const reach = (room: string) => reachRoom(rooms, room);
  return new Hono<CallerVariables>()
    .get("/v1/rooms/:room", connecting, async (c) => {
      const { room } = c.req.valid("param");
      expectMember(rooms, room, c.get("caller"));
      expectUpgrade(c.req.raw);
      return await reach(room).connect(floodKey(c.get("caller"), c.req.raw.headers, rooms.addressOf(c)));
    })
    .post("/v1/rooms/:room/tickets", ticketing, async (c) => {
      const { room } = c.req.valid("param");
      expectMember(rooms, room, c.get("caller"));
      const given = await giveTicket(rooms, room, c.get("caller"), world);
      const body: z.infer<typeof TicketAnswer> = { ...given, protocol: SUBPROTOCOL };
      return c.json(body, 201);
    })
    .get("/v1/rooms/:room/messages", reading, async (c) => {
      const { room } = c.req.valid("param");
      expectMember(rooms, room, c.get("caller"));
      const page = c.req.valid("query");
      if (page.before !== undefined && page.after !== undefined) {
        throw refuseInput("after", "expected `before` or `after`, got both");
      }
      const { items, more } = await reach(room).history(page);
      const body: z.infer<typeof MessagePage> = { items: [...items], more };
      return c.json(body, 200);
    })
    .get("/v1/rooms/:room/members", listing, async (c) => {
      const { room } = c.req.valid("param");
      expectMember(rooms, room, c.get("caller"));
      const { members, count } = await reach(room).members();
      const body: z.infer<typeof Members> = { items: [...members], count };
      return c.json(body, 200);
    })
    .delete("/v1/rooms/:room/members/:uid", kicking, async (c) => {
      const { room, uid } = c.req.valid("param");
      if (await reach(room).kick(uid)) return c.body(null, 204);
      throw new ProblemError("not-found", {
        detail: `Nobody in the room \`${room}\` has the uid \`${uid}\``,
      });
    });
}
