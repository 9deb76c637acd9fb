import { acknowledge } from "./act.ts";
import type { FloodGuard } from "./flood.ts";
import {
  createSender,
  type DownCall,
  type DownOp,
  type LinkAnswer,
  type Sender,
  type UpCall,
  type UpOp,
} from "./link.ts";
import { parseFrame } from "./parse-frame.ts";
import type { RoomPorts } from "./ports.ts";
import { farewell, refusal } from "./refusal.ts";
import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { createSockets, type Sockets } from "./sockets.ts";
import { createTail, type Tail } from "./tail.ts";
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
interface RelayPorts<S> extends Pick<RoomPorts<S>, "send" | "close" | "heardMs"> {
  /** A number that is larger each time, after a restart as well. */
  makeLife(this: void): number;
  forward(this: void, call: UpCall): void;
}

/** The room hears of a relay this often at least. */
const BEAT_MS = 5_000;
const HELD = 1_024;

/** Floods are counted by the room. */
const unguarded: FloodGuard = { take: () => "go" };

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
  let conns = 0;
  let beatMs = Infinity;
  let tail: Tail = createTail({ last: 0, messages: [] }, 0);
  let sender: Sender<UpOp> = createSender();
  let sockets: Sockets<S> = makeSockets();
  const bySocket = new Map<S, number>();
  const byConn = new Map<number, Session<S>>();
  const most = settings.split === "off" ? 0 : settings.split.relaySockets;

  function makeSockets(): Sockets<S> {
    const log = {
      last: () => tail.last(),
      oldest: () => tail.oldest(),
      range: (from: number, to: number) => tail.range(from, to),
    };
    const caughtUp = (session: Session<S>) => tellRoom({ do: "caught-up", conn: connOf(session.socket) });
    // What a socket could carry is of no use to the next life.
    return createSockets({ ...ports, log, attach: () => undefined, caughtUp }, settings);
  }
  const connOf = (socket: S) => bySocket.get(socket) ?? 0;
  const tellRoom = (op: UpOp) => sender.push(op);

  const forget = (session: Session<S>) => {
    const conn = connOf(session.socket);
    bySocket.delete(session.socket);
    byConn.delete(conn);
    sockets.drop(session);
  };
  const dismiss = (session: Session<S>, code: CloseCode, reason: string) => {
    sockets.tell(session, farewell(code));
    ports.close(session.socket, code, reason);
    tellRoom({ do: "gone", conn: connOf(session.socket) });
    forget(session);
  };

  /** Sends everyone away, to come back at once, and begins anew. */
  const startOver = () => {
    for (const session of sockets.all()) dismiss(session, CLOSE.moved, "moved");
    life = Math.max(life + 1, ports.makeLife());
    [room, taken, beatMs] = [0, 0, Infinity];
    sender = createSender();
    sockets = makeSockets();
  };

  /** Sends on what there is. Whoever lacks what is not held here finds it where the log is. */
  const advanceAll = (nowMs: number) => {
    const first = tail.oldest()?.seq ?? tail.last() + 1;
    for (const session of sockets.all()) {
      const isLost = session.user !== undefined && session.sent < tail.last() && session.sent + 1 < first;
      if (isLost && session.behindSinceMs === undefined) dismiss(session, CLOSE.moved, "too far behind");
    }
    sockets.advanceAll(nowMs);
  };

  /** @returns Whether it makes sense. */
  const obey = (op: DownOp): boolean => {
    if (op.do === "begin") {
      tail = createTail(op, Math.max(HELD, 2 * settings.window.messages, 2 * settings.replay));
      const before = sockets.all();
      sockets = makeSockets();
      for (const { socket, address, openedMs, heardMs } of before) {
        const kept = { openedMs, heardMs, ...(address !== undefined && { address }) };
        const session = sockets.add(socket, kept, unguarded);
        byConn.set(connOf(socket), session);
        sockets.expectInTime(session);
      }
      return true;
    }
    if (op.do === "log") {
      const isWhole = tail.push(op.messages);
      if (isWhole) sockets.push(op.messages);
      return isWhole;
    }
    if (op.do === "tell-all") {
      sockets.tellAll(op.text, op.butUid);
      return true;
    }
    const session = byConn.get(op.conn);
    if (session === undefined) return true;
    if (op.do === "tell") sockets.tell(session, op.text);
    else if (op.do === "user") {
      if (session.user === undefined) session.sent = session.acked = op.sent;
      session.user = op.user;
      sockets.expectInTime(session);
    } else {
      ports.close(session.socket, op.code, op.reason);
      forget(session);
    }
    return true;
  };

  const hear = (session: Session<S>, text: string, nowMs: number) => {
    const parsed = parseFrame(text, settings.limits.frameBytes);
    const frame = parsed.ok ? parsed.frame : undefined;
    if (frame?.t === "ack" && session.user !== undefined) {
      const first = tail.oldest()?.seq ?? tail.last() + 1;
      if (session.behindSinceMs !== undefined && session.sent + 1 < first) {
        return dismiss(session, CLOSE.moved, "too far behind");
      }
      return acknowledge(session, frame.seq, nowMs);
    }
    if (frame?.t === "history" && sockets.isSwamped(session)) {
      const more = { id: frame.id, retryAfterMs: 1_000 };
      return sockets.tell(
        session,
        refusal("too-far-behind", "Expected an `ack` of what was sent first", more),
      );
    }
    tellRoom({ do: "heard", conn: connOf(session.socket), parsed });
  };

  const settle = (nowMs: number) => {
    if (beatMs <= nowMs) {
      tellRoom({ do: "beat" });
      beatMs = nowMs + BEAT_MS;
    }
    if (sender.isHopeless(nowMs)) return startOver();
    const batch = sender.next(nowMs);
    if (batch !== undefined) ports.forward({ relay: number, life, room, ...batch });
  };

  for (const socket of leftOver) {
    ports.send(socket, JSON.stringify(farewell(CLOSE.moved)));
    ports.close(socket, CLOSE.moved, "moved");
  }

  return {
    open(socket, now, { address } = {}) {
      const fresh = { openedMs: now, heardMs: now, ...(address !== undefined && { address }) };
      const isFull = sockets.size() >= most;
      const session = sockets.add(socket, fresh, unguarded);
      bySocket.set(socket, (conns += 1));
      byConn.set(conns, session);
      if (isFull) {
        sockets.tell(session, farewell(CLOSE.moved));
        sockets.close(session, CLOSE.moved, "full");
        return forget(session);
      }
      sockets.expectInTime(session);
      tellRoom({ do: "open", conn: conns, address });
      if (beatMs === Infinity) beatMs = now + BEAT_MS;
      settle(now);
    },
    receive(socket, data, now) {
      const session = sockets.get(socket);
      if (session === undefined) return;
      session.heardMs = now;
      if (typeof data === "string") hear(session, data, now);
      else dismiss(session, CLOSE.protocol, "expected text frames");
      settle(now);
    },
    closed(socket, now) {
      const session = sockets.get(socket);
      if (session === undefined) return;
      tellRoom({ do: "gone", conn: connOf(socket) });
      forget(session);
      settle(now);
    },
    tick(now) {
      for (const [session, { code, reason }] of sockets.late(now)) dismiss(session, code, reason);
      settle(now);
    },
    dueMs: () =>
      sockets.size() === 0 && sender.dueMs() === Infinity
        ? Infinity
        : Math.min(beatMs, sockets.dueMs(), sender.dueMs()),
    deliver(call, now) {
      const over = { room, isTaken: false };
      if (call.life !== life || call.room < room) return over;
      if ((room !== 0 && call.room > room) || call.n > taken + 1) {
        startOver();
        return over;
      }
      room = call.room;
      if (call.n > taken) {
        taken = call.n;
        if (!call.ops.every(obey)) {
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
