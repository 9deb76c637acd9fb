import { acknowledge, expectSent, sendHistory, showTyping, takeName } from "./act.ts";
import { enter } from "./enter.ts";
import { createHall } from "./hall.ts";
import { createOutflow } from "./outflow.ts";
import type { Conn, DownCall, LinkAnswer, UpCall, UpOp } from "./link.ts";
import { type Parsed, parseFrame } from "./parse-frame.ts";
import type { RoomPorts, SavedRoom } from "./ports.ts";
import type { RelayAudience } from "./relays.ts";
import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { textFault } from "./text.ts";
import { CLOSE, type ClientFrame, type Member, NORMAL } from "./wire.ts";

export type { RoomPorts, SavedRoom } from "./ports.ts";

/** A room. Synchronous: what it has to say, it says through its ports before a call returns. */
export interface Room<S> {
  /** @param from.address Whom to count floods by, besides the connection. */
  open(socket: S, nowMs: number, from?: { readonly address?: string | undefined }): void;
  receive(socket: S, data: string | ArrayBuffer, nowMs: number): void;
  /** A socket is gone. May come for one that the room closed itself. */
  closed(socket: S, nowMs: number): void;
  /** Does what is due. May come early, or for nothing. */
  tick(nowMs: number): void;
  /** When `tick` is to come next; `Infinity` for never. */
  dueMs(): number;
  /** Where somebody is to connect: here, or at the relay of this number. */
  place(nowMs: number): "here" | number;
  /** Takes a call of a relay's. */
  forward(call: UpCall, nowMs: number): LinkAnswer;
  /** A call to a relay has come to an end; without an answer, nobody knows how. */
  delivered(call: DownCall, answer: LinkAnswer | undefined, nowMs: number): void;
  /**
   * Sends a user away, from every socket; there is no grace, and one that had begun is over. @returns Whether they were
   * here.
   */
  kick(uid: string, nowMs: number): boolean;
  members(): { readonly members: readonly Member[]; readonly count: number; readonly pv: number };
}

/**
 * What is due within this time, the room has in memory only: until then its sockets must not outlive it. What is due
 * later, it knows again when it is put together again.
 */
export const AWAKE_MS = 2_500;

/** Opens a room, or goes on with one. */
export function createRoom<S>(
  ports: RoomPorts<S>,
  settings: RoomSettings,
  nowMs: number,
  saved: SavedRoom<S> = { sockets: [] },
): Room<S> {
  const { log } = ports;
  const hall = createHall(ports, settings, nowMs, saved);
  const { relays } = hall;
  const outflow = createOutflow(hall, log, ports);

  const act = (session: Session<S | Conn>, user: Member, frame: ClientFrame, now: number): void => {
    switch (frame.t) {
      case "hello":
        return hall.refuse(session, "hello-twice", "Expected one hello, got another");
      case "send": {
        const { id, text } = frame;
        const message = textFault(text, settings.limits);
        if (message !== undefined) return hall.refuse(session, "bad-text", message, { id });
        return outflow.say({ from: session, sender: user, id, text });
      }
      case "nick":
        return takeName(hall, session, user.uid, frame);
      case "who":
        return hall.tell(session, { t: "who", id: frame.id, ...hall.presence.snapshot(user.uid) });
      case "typing":
        return showTyping(hall, user, frame.on, now);
      case "history":
        return sendHistory(hall, log, session, frame);
      case "ack":
        return acknowledge(session, frame.seq, now);
      case "leave":
        session.audience.close(session, NORMAL, "left");
        return hall.forget(session, "now", now);
    }
  };

  /** Whether the session may be heard; says so if not. */
  const mayGo = (session: Session<S | Conn>, id: string | undefined, now: number): boolean => {
    const verdict = session.guard.take(now);
    if (verdict === "go") return true;
    const { retryAfterMs, isOver } = verdict;
    hall.refuse(session, "flood", `Expected less at once; try again in ${retryAfterMs} ms`, {
      id,
      retryAfterMs,
    });
    if (isOver) hall.dismiss(session, CLOSE.flood, "flood", now);
    return false;
  };

  const hear = (session: Session<S | Conn>, heard: Parsed, now: number): void => {
    const { user } = session;
    const parsed = expectSent(session, heard);
    const t = parsed.ok ? parsed.frame.t : undefined;
    // What only makes room costs nothing. All that is answered does.
    const isFree = user === undefined ? t === "hello" : t === "ack" || t === "leave";
    const id = parsed.ok ? ("id" in parsed.frame ? parsed.frame.id : undefined) : parsed.id;
    if (!isFree && !mayGo(session, id, now)) return;
    if (!parsed.ok) return hall.refuse(session, parsed.code, parsed.message, parsed);
    if (user !== undefined) return act(session, user, parsed.frame, now);
    if (parsed.frame.t === "hello") return enter(hall, log, session, parsed.frame, now);
    hall.refuse(session, "hello-first", `Expected \`hello\` first, got \`${parsed.frame.t}\``, { id });
  };

  const turnAway = (session: Session<S | Conn>, now: number) => {
    const most = `Expected at most ${settings.limits.sockets} sockets in a room`;
    hall.refuse(session, "room-full", most, { retryAfterMs: 10_000 });
    hall.dismiss(session, CLOSE.full, "full", now);
  };

  /** Does what a relay tells. */
  const hearRelay = (op: UpOp, audience: RelayAudience, now: number): void => {
    if (op.do === "beat") return;
    if (op.do === "open") {
      const isFull = hall.size() >= settings.limits.sockets;
      const session = hall.addThere(audience, op.conn, op.address, now);
      return isFull ? turnAway(session, now) : undefined;
    }
    // Who was sent away meanwhile is heard no more.
    const session = relays.get(audience.relay, op.conn);
    if (session === undefined) return;
    switch (op.do) {
      case "heard":
        return hear(session, op.parsed, now);
      case "gone":
        return hall.forget(session, now + settings.graceMs, now);
      case "caught-up":
        return hall.tell(session, { t: "presence", ...hall.presence.total() });
    }
  };

  /** Ends a turn. */
  const settle = (now: number) => {
    outflow.settle(now);
    relays.settle(now);
    hall.save(now);
  };

  return {
    place(now) {
      const { split } = settings;
      return split === "off" || hall.sizeHere() < split.sockets ? "here" : relays.route(now);
    },
    forward(call, now) {
      const answer = relays.take(call, now, (op, audience) => hearRelay(op, audience, now));
      hall.sweep(now);
      settle(now);
      return answer;
    },
    delivered(call, answer, now) {
      relays.delivered(call, answer, now);
      hall.sweep(now);
      settle(now);
    },
    open(socket, now, { address } = {}) {
      const isFull = hall.size() >= settings.limits.sockets;
      const session = hall.add(socket, address, now);
      if (isFull) return turnAway(session, now);
      session.audience.keep(session);
      session.audience.expectInTime(session);
      settle(now);
    },
    receive(socket, data, now) {
      const session = hall.get(socket);
      if (session === undefined) return;
      session.heardMs = now;
      if (typeof data === "string") hear(session, parseFrame(data, settings.limits.frameBytes), now);
      else hall.dismiss(session, CLOSE.protocol, "expected text frames", now);
      if (!session.isOver) {
        session.audience.heed(session, now);
        // What it acknowledged, and that it was heard of: who sends no heartbeats is not silent who speaks.
        session.audience.keep(session);
      }
      settle(now);
    },
    closed(socket, now) {
      const session = hall.get(socket);
      if (session === undefined) return;
      hall.forget(session, now + settings.graceMs, now);
      settle(now);
    },
    tick(now) {
      outflow.looked(now);
      hall.presence.expire(now);
      hall.sweep(now);
      settle(now);
      outflow.trim(now);
    },
    kick(uid, now) {
      const sessions = [...hall.ofUser(uid)];
      for (const session of sessions) hall.dismiss(session, CLOSE.kicked, "kicked", now, "now");
      // Who is on their way back is listed, too.
      const wasGhost = sessions.length === 0 && hall.presence.exit(uid, "now");
      if (wasGhost) hall.touch(now);
      settle(now);
      return wasGhost || sessions.length > 0;
    },
    dueMs: () => Math.min(hall.dueMs(), outflow.dueMs()),
    members: () => hall.presence.snapshot(),
  };
}
