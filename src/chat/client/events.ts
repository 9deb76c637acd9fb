import type { Member, Message, Position, Welcome } from "../wire.ts";
import type { ClientState } from "./connection.ts";

/** A message is stored, as number `seq`. */
export interface Sent {
  readonly seq: number;
  /** In milliseconds since 1970. */
  readonly ts: number;
}

/** Messages of a room's log, from old to new. */
export interface HistoryPage {
  readonly items: readonly Message[];
  /** Whether there are more in the direction asked for. */
  readonly more: boolean;
}

/** Who is here, as the room says it on request: at most 100 by name. */
export interface Present {
  readonly members: readonly Member[];
  readonly count: number;
}

/** What can be asked of a room's log: the latest, or those next to a number. */
export interface HistoryQuery {
  readonly before?: number;
  readonly after?: number;
  readonly limit?: number;
}

/** What happens in a room, as a client sees it. */
export type ChatEvent =
  | { readonly type: "state"; readonly state: ClientState }
  /** The room let this client in, for the first time or again. What it missed follows. */
  | { readonly type: "welcome"; readonly welcome: Welcome }
  | { readonly type: "message"; readonly message: Message }
  /** These will not come: they are no longer kept, or too many; `history` may have them. */
  | { readonly type: "gap"; readonly from: number; readonly to: number }
  /** The room began another log. What is known of the old one is history. */
  | { readonly type: "reset"; readonly position: Position }
  | {
      readonly type: "presence";
      readonly members: ReadonlyMap<string, Member>;
      readonly count: number;
      readonly join: readonly Member[];
      readonly leave: readonly Member[];
      readonly nick: readonly Member[];
    }
  | { readonly type: "typing"; readonly uid: string; readonly on: boolean }
  /** This client's message is stored. */
  | ({ readonly type: "sent"; readonly id: string } & Sent)
  /** This client's message will not be sent again. */
  | { readonly type: "failed"; readonly id: string; readonly text: string; readonly error: ChatError }
  /** The room complains of something that nobody waits for. */
  | { readonly type: "complaint"; readonly code: string; readonly message: string }
  /** The room said something that this client does not understand. */
  | { readonly type: "odd"; readonly data: unknown };

/**
 * A room refused something, or it cannot be done. `code` is the room's, or one of the client's own: `ended` (this client
 * has left, or the room closed it for good), `uncertain` (a message was sent minutes ago and its answer never came:
 * the room may have it or not), `outbox-full`.
 */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
