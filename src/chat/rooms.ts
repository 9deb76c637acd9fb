import type { Context } from "hono";
import type { Caller } from "../http/caller.ts";
import { unauthorized } from "../http/door.ts";
import { ProblemError } from "../http/problem.ts";
import { answering } from "../http/unavailable.ts";
import { makeTicket, type TicketKey, useTicket } from "../http/ticket.ts";
import type { RoomStub } from "./stub.ts";
import { ROOM_NAME } from "./requests.ts";
import { expectUpgrade } from "./upgrade.ts";

/** What the rooms of a Manifold are made of. */
export interface RoomOptions {
  readonly roomFor: (room: string) => RoomStub;
  /** The key for tickets; none where there is no secret. */
  readonly ticketKey: () => Promise<TicketKey | undefined>;
  /** The names of the tokens that may enter a room; every other room is open to all that have the scope. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Whom to count floods by; `undefined` for nobody in particular. */
  readonly addressOf: (c: Context) => string | undefined;
}

/** What tickets need of the world. */
interface TicketWorld {
  readonly epochMs: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** A room, whose methods throw `rooms-unavailable` when it cannot be reached. */
export function reachRoom({ roomFor }: Pick<RoomOptions, "roomFor">, room: string): RoomStub {
  return answering(roomFor(room), "rooms-unavailable");
}

/** Makes sure that a caller may enter a room. @throws {ProblemError} `not-a-member`. */
export function expectMember({ members }: RoomOptions, room: string, { name }: Caller): void {
  if (!Object.hasOwn(members, room) || members[room]?.includes(name) === true) return;
  throw new ProblemError("not-a-member", {
    detail: `The token \`${name}\` may not enter the room \`${room}\``,
  });
}

/** Makes a ticket for a room. @throws {ProblemError} `tickets-not-configured`. */
export async function giveTicket(
  { ticketKey }: RoomOptions,
  room: string,
  { name }: Caller,
  { epochMs, randomBytes }: TicketWorld,
): Promise<{ readonly ticket: string; readonly expiresMs: number }> {
  const key = await ticketKey();
  if (key === undefined) throw withoutKey();
  return await makeTicket(key, { room, name, nowMs: epochMs(), randomBytes });
}

/**
 * Lets in who connects to a room with a ticket in place of a token. What is no such request is not judged.
 *
 * @throws {ProblemError} When it is one, and the ticket is not good.
 */
export function admitByTicket(
  rooms: RoomOptions,
  { epochMs }: TicketWorld,
): (request: Request) => Promise<Caller | undefined> {
  return async (request) => {
    if (request.method !== "GET" || request.headers.has("Authorization")) return undefined;
    const { pathname, searchParams } = new URL(request.url);
    const room = /^\/v1\/rooms\/([^/]+)$/.exec(pathname)?.[1];
    const ticket = searchParams.get("ticket");
    if (room === undefined || ticket === null || !ROOM_NAME.test(room)) return undefined;
    // A ticket is not used up by a request that will be refused.
    expectUpgrade(request);
    const key = await rooms.ticketKey();
    if (key === undefined) throw withoutKey();
    const useOnce = async (id: string, expiresMs: number) =>
      await reachRoom(rooms, room).useTicket(id, expiresMs);
    const verdict = await useTicket(key, ticket, { room, nowMs: epochMs(), useOnce });
    if (!verdict.ok) throw unauthorized(WHY[verdict.reason], "invalid_token");
    return { name: verdict.name, scopes: ["chat"] };
  };
}

const WHY = {
  forged: "The ticket is none of ours",
  expired: "The ticket has expired",
  elsewhere: "The ticket is for another room",
  used: "The ticket has been used",
} as const;

function withoutKey(): ProblemError {
  return new ProblemError("tickets-not-configured", { detail: "No usable `TICKET_SECRET` is configured" });
}
