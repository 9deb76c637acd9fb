import { SUBPROTOCOL, VERSION } from "../../../src/chat/wire.ts";
import { textOf } from "./marker.ts";

/** A client that comes, or comes back. */
export interface Visitor {
  readonly index: number;
  /** Whether it reads at once; else it is only counted what it gets. */
  readonly isTimed: boolean;
  /** Where it was in a log when it left; absent at first. */
  readonly position?: { readonly epoch: string; readonly seq: number };
}

/** What a client makes of a text that is no message. */
type Heard =
  /** It is in the room now. `epoch` names the room's log, where there is one. */
  | { readonly kind: "welcome"; readonly epoch?: string }
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "refusal"; readonly what: string }
  | { readonly kind: "nothing" };

/** How a contender is spoken to: every client of the bench speaks one of these. */
export interface Dialect {
  readonly subprotocol?: string;
  readonly pathOf: (room: string) => string;
  /** Whether an open socket is in the room; else, whoever is welcomed. */
  readonly isInAtOnce?: true;
  /** What to say first. */
  readonly greet?: (visitor: Visitor) => string;
  readonly hear: (text: string) => Heard;
  /** How to send a message into the room. */
  readonly say: (message: number) => string;
  /** How to say how many messages have come, and after how many to say it again. */
  readonly acks?: { readonly every: number; readonly ack: (place: number) => string };
  /** Whether a greeting is answered with the latest messages, whether they are known or not. */
  readonly isReplayedAll?: true;
}

const nameOf = (index: number) => `bench ${index}`;

/** Half of what a room lets a client leave unacknowledged, as the client library does. */
const ACK_EVERY = 128;

const manifold: Dialect = {
  subprotocol: SUBPROTOCOL,
  pathOf: (room) => `/v1/rooms/${room}`,
  greet: ({ index, position }) =>
    JSON.stringify({
      t: "hello",
      v: VERSION,
      name: nameOf(index),
      cid: `a-client-of-the-bench-${index}`,
      ...(position === undefined ? {} : { resume: position }),
    }),
  hear(text) {
    const frame = parse(text);
    if (frame.t === "welcome") return { kind: "welcome", epoch: String(frame.epoch) };
    if (frame.t === "err" || frame.t === "bye" || frame.t === "gap") return { kind: "refusal", what: text };
    return { kind: "nothing" };
  },
  say: (message) => JSON.stringify({ t: "send", id: String(message), text: textOf(message) }),
  acks: { every: ACK_EVERY, ack: (place) => JSON.stringify({ t: "ack", seq: place }) },
};

/** The same frames, as far as a server without a log has a use for them. */
const plain = (prefix: string): Dialect => ({
  pathOf: (room) => prefix + room,
  greet: ({ index }) => JSON.stringify({ t: "hello", name: nameOf(index) }),
  hear: (text) => (parse(text).t === "welcome" ? { kind: "welcome" } : { kind: "nothing" }),
  say: manifold.say,
});

/** That of Cloudflare's chat demo: its rooms send the last 100 messages, then say that they are ready. */
const demo: Dialect = {
  pathOf: (room) => `/api/room/${room}/websocket`,
  greet: ({ index }) => JSON.stringify({ name: nameOf(index) }),
  hear(text) {
    const frame = parse(text);
    if (frame.ready === true) return { kind: "welcome" };
    return "error" in frame ? { kind: "refusal", what: text } : { kind: "nothing" };
  },
  say: (message) => JSON.stringify({ message: textOf(message) }),
  isReplayedAll: true,
};

/** Engine.IO 4 and Socket.IO 5 over a bare WebSocket (their protocols' pages at socket.io). */
const socketIo: Dialect = {
  pathOf: (room) => `/socket.io/?EIO=4&transport=websocket&room=${room}`,
  hear(text) {
    if (text.startsWith("0")) return { kind: "answer", text: "40" };
    if (text.startsWith("40")) return { kind: "welcome" };
    if (text === "2") return { kind: "answer", text: "3" };
    return text.startsWith("44") ? { kind: "refusal", what: text } : { kind: "nothing" };
  },
  say: (message) => `42${JSON.stringify(["send", { id: String(message), text: textOf(message) }])}`,
};

/** Everything that is sent comes back to everybody as it is: what a message holds is up to the sender. */
const nchan: Dialect = {
  isInAtOnce: true,
  pathOf: (room) => `/rooms/${room}`,
  hear: () => ({ kind: "nothing" }),
  say: (message) =>
    JSON.stringify({ t: "msg", uid: "u0", name: nameOf(0), text: textOf(message), ts: Date.now() }),
};

/** All dialects, by the name that orders carry. */
export const DIALECTS = {
  manifold,
  plain: plain("/rooms/"),
  partyserver: plain("/parties/chat/"),
  demo,
  socketIo,
  nchan,
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof DIALECTS;

function parse(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error(`Expected a JSON object, got ${text}`);
  return value as Readonly<Record<string, unknown>>; // an object, of whatever members
}
