/**
 * What a room and its clients say to one another: text frames of JSON over a WebSocket with this subprotocol. Unknown
 * fields are ignored; a frame whose `t` is unknown is answered with `err`.
 */
export const SUBPROTOCOL = "chat.v1";

/** The version that `hello` names. */
export const VERSION = 1;

/** Sent every so often by clients, byte for byte; answered by the platform without waking the room. */
export const PING = '{"t":"ping"}';
export const PONG = '{"t":"pong"}';

/** Where a client is in a room's log: the log's name, and the last sequence number it has. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Somebody in a room. One user may have many sockets. */
export interface Member {
  readonly uid: string;
  readonly name: string;
}

/** A message as everyone sees it. `ts` is in milliseconds since 1970. */
export interface Message {
  /** Counts from 1, without gaps. */
  readonly seq: number;
  readonly uid: string;
  readonly name: string;
  readonly text: string;
  readonly ts: number;
}

/** What a client says. `id` is its own name for what it asks; the answer carries it. */
export type ClientFrame =
  | {
      readonly t: "hello";
      readonly v: typeof VERSION;
      readonly name: string;
      /** What makes this client the same one when it comes back: a secret of its own, random, at least 16 characters. */
      readonly cid: string;
      readonly resume?: Position;
    }
  | { readonly t: "send"; readonly id: string; readonly text: string }
  | { readonly t: "nick"; readonly id: string; readonly name: string }
  | { readonly t: "who"; readonly id: string }
  | { readonly t: "typing"; readonly on: boolean }
  | {
      readonly t: "history";
      readonly id: string;
      readonly before?: number;
      readonly after?: number;
      readonly limit?: number;
    }
  /**
   * Everything up to `seq` has been taken in, gaps that it was told of included. Who gets much and acknowledges nothing
   * gets no more, and is closed in the end: say it at least every hundred messages and a second after the last, and
   * after other frames that make many bytes.
   */
  | { readonly t: "ack"; readonly seq: number }
  | { readonly t: "leave" };

/** What the room told a client of itself when it let it in. */
export interface Welcome {
  readonly t: "welcome";
  readonly uid: string;
  /** As it is shown to others. */
  readonly name: string;
  readonly epoch: string;
  /** The last message before this frame: what is missed, if `recovered`, follows; then what is new. */
  readonly seq: number;
  /** Whether everything since `resume` follows. If not, history pages reach further back. */
  readonly recovered: boolean;
  /** At most 100 of those who are here. */
  readonly members: readonly Member[];
  readonly count: number;
  /** Counts changes of who is here. */
  readonly pv: number;
  readonly limits: {
    readonly textBytes: number;
    readonly textCodePoints: number;
    readonly frameBytes: number;
    /** What a client may owe in acknowledgements; with more, it gets no more messages for now. */
    readonly windowMessages: number;
    readonly windowBytes: number;
  };
  /** How often to send `PING`. */
  readonly heartbeatMs: number;
}

/** What a room says. */
export type RoomFrame =
  | Welcome
  | ({ readonly t: "msg" } & Message)
  | { readonly t: "batch"; readonly m: readonly Message[] }
  /** A message is stored, as number `seq`; with `dup`, it had been before. */
  | { readonly t: "ok"; readonly id: string; readonly seq: number; readonly ts: number; readonly dup?: true }
  /** A name was taken. */
  | { readonly t: "named"; readonly id: string; readonly name: string }
  | {
      readonly t: "who";
      readonly id: string;
      readonly members: readonly Member[];
      readonly count: number;
      readonly pv: number;
    }
  /** These are not sent; `history` has those that are still kept. */
  | { readonly t: "gap"; readonly from: number; readonly to: number }
  /**
   * Who has come, gone, and taken another name since the last `pv`. Who is told of a `pv` that is not the next one has
   * missed some, and asks `who`; without lists, there are too many to name.
   */
  | {
      readonly t: "presence";
      readonly pv: number;
      readonly count: number;
      readonly join?: readonly Member[];
      readonly leave?: readonly Member[];
      readonly nick?: readonly Member[];
    }
  /** `items` from old to new; `more` when there are more in the direction asked for. */
  | { readonly t: "history"; readonly id: string; readonly items: readonly Message[]; readonly more: boolean }
  | { readonly t: "typing"; readonly uid: string; readonly on: boolean }
  | {
      readonly t: "err";
      readonly id?: string;
      readonly code: ErrorCode;
      readonly message: string;
      readonly retryable: boolean;
      readonly retryAfterMs?: number;
    }
  /** The room closes the socket: with this code, and whether and when to come back. */
  | { readonly t: "bye"; readonly code: CloseCode; readonly reconnect: boolean; readonly afterMs: number };

export type ErrorCode =
  | "bad-frame"
  | "unknown-type"
  | "hello-first"
  | "hello-twice"
  | "bad-text"
  | "bad-name"
  | "name-taken"
  | "flood"
  | "too-far-behind"
  | "room-full"
  | "unavailable";

/**
 * With more who are here, changes come as a count only. With no more, a change without names says that some were left
 * out: `who` has them.
 */
export const COUNT_ONLY_ABOVE = 1_000;

/** Why a room closes a socket. 40xx: do not come back. 41xx: come back later. 42xx: come back at once, with jitter. */
export const CLOSE = {
  version: 4000,
  auth: 4001,
  kicked: 4002,
  protocol: 4003,
  name: 4004,
  replaced: 4009,
  flood: 4100,
  slow: 4101,
  full: 4102,
  noHello: 4103,
  restart: 4200,
  moved: 4201,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** What a normal end is (RFC 6455, 7.4.1). */
export const NORMAL = 1000;
