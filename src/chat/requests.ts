import * as z from "zod";
import { MOST_HISTORY } from "./parse-frame.ts";
import { SUBPROTOCOL } from "./wire.ts";

/** What a room may be called. */
export const ROOM_NAME = /^[a-z0-9_-]{1,64}$/;

/** The path of a room. */
export const RoomPath = z.object({
  room: z
    .string()
    .regex(ROOM_NAME, "expected 1 to 64 of `a-z`, `0-9`, `-` and `_`")
    .meta({ description: "The name of the room: 1 to 64 of `a-z`, `0-9`, `-` and `_`" }),
});

/** The path of somebody in a room. */
export const RoomMember = RoomPath.extend({
  uid: z.string().max(64).meta({ description: "As `members` and messages name it" }),
});

/** The query of whoever connects. */
export const Connect = z.object({
  ticket: z.string().optional().meta({ description: "In place of a token; good once, for a minute" }),
});

/** A number of a message. A blank is none, though JavaScript takes it for 0. */
const Seq = z
  .preprocess(
    (given) => (typeof given === "string" && given.trim() === "" ? Number.NaN : given),
    z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  )
  .optional();

/** The query of `GET /v1/rooms/:room/messages`. */
export const Page = z
  .object({
    before: Seq.meta({ description: "Messages below this number, the nearest ones" }),
    after: Seq.meta({ description: "Messages above this number, the nearest ones" }),
    limit: z.coerce.number().int().min(1).max(MOST_HISTORY).optional().meta({ description: "50 by default" }),
  })
  .meta({ description: "`before` or `after`, not both; the last messages without either" });

/** A message, as everyone sees it. */
const MessageItem = z.object({
  seq: z.int().min(1).meta({ description: "Counts from 1, without gaps" }),
  uid: z.string(),
  name: z.string().meta({ description: "What its sender was called then" }),
  text: z.string(),
  ts: z.int().meta({ description: "Milliseconds since 1970" }),
});

/** A page of the log. */
export const MessagePage = z.object({
  items: z.array(MessageItem).meta({ description: "From old to new" }),
  more: z.boolean().meta({ description: "Whether there are more in the direction asked for" }),
});

/** Who is in a room. */
export const Members = z.object({
  items: z
    .array(z.object({ uid: z.string(), name: z.string() }))
    .meta({ description: "At most 100 of them" }),
  count: z.int().min(0),
});

/** What a browser connects with. */
export const TicketAnswer = z.object({
  ticket: z.string(),
  expiresMs: z.int().meta({ description: "Milliseconds since 1970" }),
  protocol: z.literal(SUBPROTOCOL).meta({ description: "The subprotocol to ask for" }),
});
