import { acknowledge, expectSent } from "./act.ts";
import { createClosings } from "./closings.ts";
import { createCrowd } from "./crowd.ts";
import {
  createSender,
  type DownCall,
  type DownOp,
  LINK_VERSION,
  type LinkAnswer,
  type Sender,
  type UpCall,
  type UpOp,
} from "./link.ts";
import { type Parsed, parseFrame } from "./parse-frame.ts";
import type { RoomPorts } from "./ports.ts";
import { farewell } from "./refusal.ts";
import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { CLOSE, type CloseCode } from "./wire.ts";

/** A relay: holds sockets of a room, brings them what the room says, and the room what they say. Synchronous. */
export interface Relay<S> {
  open(socket: S, nowMs: number, from?: { readonly address?: string | undefined }): void;
  receive(socket: S, data: string | ArrayBuffer, nowMs: number): void;
  closed(socket: S, nowMs: number): void;
  tick(nowMs: number): void;
  /** When `tick` is to come next. A relay with sockets must stay in memory. */
  dueMs(): number;
  /** Takes a call of the room's. */
  deliver(call: DownCall, nowMs: number): LinkAnswer;
  /** A call has come to an end; without an answer, nobody knows how. */
  forwarded(call: UpCall, answer: LinkAnswer | undefined, nowMs: number): void;
}

/** What a relay needs of the world. */
interface RelayPorts<S> extends Pick<RoomPorts<S>, "send" | "close" | "heardMs" | "noteClosing"> {
  /** A number that is larger each time, after a restart as well. */
  makeLife(this: void): number;
  forward(this: void, call: UpCall): void;
}

/** What is said to who asks for more while they owe too much. */
const TOO_FAR_BEHIND = {
  code: "too-far-behind",
  message: "Expected an `ack` of what was sent first",
  retryAfterMs: 1_000,
} as const;

/** The room hears of a relay this often at least. */
const BEAT_MS = 5_000;

/** Opens relay number `number`. Sockets of an earlier life are sent away: what the room was told of them is not known. */
export function createRelay<S>(
  ports: RelayPorts<S>,
  settings: RoomSettings,
  number: number,
  leftOver: readonly S[] = [],
): Relay<S> {
  let life = ports.makeLife();
  let room = 0;
  let taken = 0;
  let beatMs = Infinity;
  let sender: Sender<UpOp> = createSender();
  const closings = createClosings(ports.noteClosing);
  const most = settings.split === "off" ? 0 : settings.split.relaySockets;
  const crowd = createCrowd<S>(
    { ...ports, caughtUp: (session) => tellRoom({ do: "caught-up", conn: crowd.numberOf(session) }) },
    settings,
  );
  const tellRoom = (op: UpOp) => sender.push(op);

  const dismiss = (session: Session<S>, code: CloseCode, reason: string) => {
    tellRoom({ do: "gone", conn: crowd.numberOf(session) });
    crowd.tell(session, farewell(code));
    crowd.close(session, code, reason);
  };

  /** The same for what a client did, or did not. */
  const refuse = (session: Session<S>, code: CloseCode, reason: string, nowMs: number) => {
    closings.note(session, code, reason, nowMs);
    dismiss(session, code, reason);
  };

  /** Sends everyone away, to come back at once, and begins anew. */
  const startOver = () => {
    for (const session of crowd.all()) dismiss(session, CLOSE.moved, "moved");
    life = Math.max(life + 1, ports.makeLife());
    [room, taken, beatMs] = [0, 0, Infinity];
    sender = createSender();
  };

  /** Sends on what there is. Whoever lacks what is not held here finds it where the log is. */
  const advanceAll = (nowMs: number) => {
    for (const session of crowd.all()) {
      if (session.behindSinceMs === undefined && crowd.isLost(session)) {
        dismiss(session, CLOSE.moved, "too far behind");
      }
    }
    crowd.advanceAll(nowMs);
  };

  /** @returns Whether it makes sense. */
  const obey = (op: DownOp, nowMs: number): boolean => {
    if (op.do === "log") return crowd.push(op.messages);
    if (op.do === "begin") crowd.begin(op.last);
    else if (op.do === "tell-all") crowd.tellAll(op.text, nowMs, op.butUid);
    else obeyFor(crowd.ofNumber(op.conn), op, nowMs);
    return true;
  };

  /** Does what concerns one, if they are still here. */
  const obeyFor = (
    session: Session<S> | undefined,
    op: Extract<DownOp, { readonly conn: number }>,
    nowMs: number,
  ) => {
    if (session === undefined) return;
    if (op.do === "tell") {
      if (op.answers !== undefined) crowd.answered(session, op.answers);
      crowd.tell(session, op.text);
      return crowd.heed(session, nowMs);
    }
    if (op.do === "close") return crowd.close(session, op.code, op.reason);
    if (session.user === undefined) session.sent = session.acked = op.sent;
    session.user = op.user;
    crowd.expectInTime(session);
  };

  /** A page is not asked for by who owes too much already; the room says so, and counts it. */
  const expectRead = (session: Session<S>, parsed: Parsed): Parsed => {
    if (!parsed.ok || parsed.frame.t !== "history" || !crowd.isSwamped(session)) return parsed;
    return { ok: false, ...TOO_FAR_BEHIND, id: parsed.frame.id };
  };

  const hear = (session: Session<S>, text: string, nowMs: number) => {
    const heard = parseFrame(text, settings.limits.frameBytes);
    const parsed = expectRead(session, expectSent(session, heard));
    const frame = parsed.ok ? parsed.frame : undefined;
    if (frame?.t === "ack" && session.user !== undefined) {
      if (crowd.isLost(session)) return dismiss(session, CLOSE.moved, "too far behind");
      return acknowledge(session, frame.seq, nowMs);
    }
    if (frame?.t === "history") crowd.asked(session, frame.id);
    tellRoom({ do: "heard", conn: crowd.numberOf(session), parsed });
  };

  const settle = (nowMs: number) => {
    if (beatMs <= nowMs) {
      tellRoom({ do: "beat" });
      beatMs = nowMs + BEAT_MS;
    }
    if (sender.isHopeless(nowMs)) return startOver();
    const batch = sender.next(nowMs);
    if (batch !== undefined) ports.forward({ version: LINK_VERSION, relay: number, life, room, ...batch });
  };

  /** Whether the room has been told of everybody's end, and may have stopped to listen. */
  const isForsaken = () => room !== 0 && crowd.size() === 0 && sender.dueMs() === Infinity;

  for (const socket of leftOver) {
    ports.send(socket, JSON.stringify(farewell(CLOSE.moved)));
    ports.close(socket, CLOSE.moved, "moved");
  }

  return {
    open(socket, now, { address } = {}) {
      if (isForsaken()) startOver();
      const isFull = crowd.size() >= most;
      const session = crowd.add(socket, address, now);
      if (isFull) {
        crowd.tell(session, farewell(CLOSE.moved));
        return crowd.close(session, CLOSE.moved, "full");
      }
      tellRoom({ do: "open", conn: crowd.numberOf(session), address });
      if (beatMs === Infinity) beatMs = now + BEAT_MS;
      settle(now);
    },
    receive(socket, data, now) {
      const session = crowd.get(socket);
      if (session === undefined) return;
      session.heardMs = now;
      if (typeof data === "string") hear(session, data, now);
      else refuse(session, CLOSE.protocol, "expected text frames", now);
      settle(now);
    },
    closed(socket, now) {
      const session = crowd.get(socket);
      if (session === undefined) return;
      tellRoom({ do: "gone", conn: crowd.numberOf(session) });
      crowd.drop(session);
      settle(now);
    },
    tick(now) {
      for (const [session, { code, reason }] of crowd.late(now)) refuse(session, code, reason, now);
      settle(now);
    },
    dueMs: () =>
      crowd.size() === 0 && sender.dueMs() === Infinity
        ? Infinity
        : Math.min(beatMs, crowd.dueMs(), sender.dueMs()),
    deliver(call, now) {
      const over = { room, isTaken: false };
      if (call.version !== LINK_VERSION || call.life !== life || call.room < room) return over;
      if ((room !== 0 && call.room > room) || call.n > taken + 1) {
        startOver();
        return over;
      }
      room = call.room;
      if (call.n > taken) {
        taken = call.n;
        if (!call.ops.every((op) => obey(op, now))) {
          startOver();
          return over;
        }
        advanceAll(now);
        settle(now);
      }
      return { room, isTaken: true };
    },
    forwarded(call, answer, now) {
      if (call.life !== life) return;
      if (answer?.isTaken === false) return startOver();
      if (answer !== undefined) room = answer.room;
      sender.settled(call.n, answer !== undefined, now);
      settle(now);
    },
  };
}
