import type { Log } from "./log.ts";
import { createRecent } from "./recent.ts";
import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import type { Message, RoomFrame } from "./wire.ts";

/** What delivery needs of the world. */
interface DeliveryPorts<S> {
  readonly log: Pick<Log, "last" | "oldest" | "range">;
  send(this: void, socket: S, text: string): void;
}

/** Brings clients what they have not been sent yet, as far as each can take it. */
export interface Delivery<S> {
  /** Takes note of messages that the log has. */
  push(this: void, messages: readonly Message[]): void;
  /** Sends a client what it lacks, in order, until it owes too much. @returns Whether it began or ended being behind. */
  advance(session: Session<S>, nowMs: number): boolean;
  /** Sends a frame that is no message. */
  tell(this: void, session: Session<S>, frame: RoomFrame | string): void;
  /** Whether a client has not shown for so long that it reads that nothing large should be sent to it. */
  isSwamped(this: void, session: Session<S>): boolean;
}

/** The end of the log that is held: what clients may owe, and what a resume may ask for, twice over. */
const HELD = 1_024;

/** Makes it for a log. */
export function createDelivery<S>(
  { log, send }: DeliveryPorts<S>,
  { window, replay }: Pick<RoomSettings, "window" | "replay">,
): Delivery<S> {
  const recent = createRecent(log, Math.max(HELD, 2 * window.messages, 2 * replay));

  const tell: Delivery<S>["tell"] = (session, frame) => {
    const text = typeof frame === "string" ? frame : JSON.stringify(frame);
    session.otherBytes += text.length;
    send(session.socket, text);
  };
  const isSwamped: Delivery<S>["isSwamped"] = ({ otherBytes }) => otherBytes > window.bytes;

  /** How far the client may be sent on. */
  const reachOf = (session: Session<S>): number => {
    if (isSwamped(session)) return session.sent;
    const { sent, acked } = session;
    if (sent - acked >= window.messages) return sent;
    const bytes = window.bytes - recent.bytesBetween(acked, sent);
    const to = recent.reach(sent, window.messages - (sent - acked), bytes);
    // One at least for who owes nothing: what was let in by other settings may be larger than the window of these.
    return sent === acked ? Math.max(to, Math.min(sent + 1, log.last())) : to;
  };

  /** Tells of messages that retention took before they were sent. */
  const skip = (session: Session<S>, to: number) => {
    tell(session, { t: "gap", from: session.sent + 1, to });
    session.sent = to;
  };

  return {
    push: recent.push,
    tell,
    isSwamped,
    advance(session, nowMs) {
      const wasBehind = session.behindSinceMs !== undefined;
      const last = log.last();
      while (session.sent < last) {
        const to = reachOf(session);
        if (to <= session.sent) {
          session.behindSinceMs ??= nowMs;
          return !wasBehind;
        }
        for (const piece of recent.pieces(session.sent + 1, to)) {
          if (piece.from > session.sent + 1) skip(session, piece.from - 1);
          send(session.socket, piece.text);
          session.sent = piece.to;
        }
        // All that there was to send is gone: on to what there is.
        if (session.sent < to) skip(session, (log.oldest()?.seq ?? last + 1) - 1);
      }
      session.behindSinceMs = isSwamped(session) ? (session.behindSinceMs ?? nowMs) : undefined;
      return wasBehind !== (session.behindSinceMs !== undefined);
    },
  };
}
