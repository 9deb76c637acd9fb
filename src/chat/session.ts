import type { FloodGuard } from "./flood.ts";
import type { CloseCode, Member, Message, NORMAL, RoomFrame } from "./wire.ts";

/** One socket, as the room sees it. */
export interface Session<S> {
  readonly socket: S;
  readonly address: string | undefined;
  readonly openedMs: number;
  /** When it last said anything, that the room heard of. */
  heardMs: number;
  /** Who it is, once it has said hello. */
  user: Member | undefined;
  /** The last message it was sent, and the last it says it has. */
  sent: number;
  acked: number;
  /** Bytes of other frames since the last acknowledgement. */
  otherBytes: number;
  /** Since when it gets no more, for it owes too much; it catches up from the log. */
  behindSinceMs: number | undefined;
  /** The room knows it no more. */
  isOver: boolean;
  readonly guard: FloodGuard;
  /** Those it is reached with. */
  readonly audience: Audience<S>;
}

/** People whom a room reaches in one way: over sockets of its own, or through a relay. */
export interface Audience<S> {
  /** Takes note of messages that the log has. */
  push(messages: readonly Message[]): void;
  /** Sends the next few what they lack, as far as each can take it. @returns Whether others wait for their turn. */
  advanceSome(nowMs: number): boolean;
  /** Sends one what they lack. */
  advance(session: Session<S>, nowMs: number): void;
  /** Sends one a frame that is no message. */
  tell(session: Session<S>, frame: RoomFrame | string): void;
  /** Sends it to all who have said hello and are not behind, but not to one user. */
  tellAll(text: string, nowMs: number, butUid?: string): void;
  /** Whether somebody has not shown for so long that they read that nothing large should be sent to them. */
  isSwamped(session: Session<S>): boolean;
  /** Counts one as behind who was sent much else than messages, and has not shown that they read it. */
  heed(session: Session<S>, nowMs: number): void;
  /** Keeps with its socket what is known of a session. */
  keep(session: Session<S>): void;
  /** Looks in time whether a session has done what it has to. */
  expectInTime(session: Session<S>): void;
  close(session: Session<S>, code: CloseCode | typeof NORMAL, reason: string): void;
  /** Knows a session no more, whose socket is gone. */
  drop(session: Session<S>): void;
}
