import { acknowledge, sendHistory, showTyping, takeName } from "./act.ts";
import { enter } from "./enter.ts";
import { createHall } from "./hall.ts";
import { createOutflow } from "./outflow.ts";
import { parseFrame } from "./parse-frame.ts";
import type { RoomPorts, SavedRoom } from "./ports.ts";
import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { textFault } from "./text.ts";
import { CLOSE, type ClientFrame, type Member } from "./wire.ts";

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
  members(): { readonly members: readonly Member[]; readonly count: number; readonly pv: number };
}

/**
 * What is due within this time, the room has in memory only: until then its sockets must not outlive it. What is due
 * later, it knows again when it is put together again.
 */
export const AWAKE_MS = 2_500;

/** What a normal end is (RFC 6455, 7.4.1). */
const NORMAL = 1000;

/** Opens a room, or goes on with one. */
export function createRoom<S>(
  ports: RoomPorts<S>,
  settings: RoomSettings,
  nowMs: number,
  saved: SavedRoom<S> = { sockets: [] },
): Room<S> {
  const { log } = ports;
  const hall = createHall(ports, settings, nowMs, saved);
  const outflow = createOutflow(hall, log, ports);

  const act = (session: Session<S>, user: Member, frame: ClientFrame, now: number): void => {
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
        return hall.tell(session, { t: "who", id: frame.id, ...hall.presence.snapshot() });
      case "typing":
        return showTyping(hall, user, frame.on);
      case "history":
        return sendHistory(hall, log, session, frame);
      case "ack":
        return acknowledge(hall, session, frame.seq, now);
      case "leave":
        ports.close(session.socket, NORMAL, "left");
        return hall.forget(session, "now", now);
    }
  };

  /** Whether the session may be heard; says so if not. */
  const mayGo = (session: Session<S>, id: string | undefined, now: number): boolean => {
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

  const hear = (session: Session<S>, text: string, now: number): void => {
    const parsed = parseFrame(text, settings.limits.frameBytes);
    const { user } = session;
    const frame = parsed.ok ? parsed.frame : undefined;
    // What only makes room costs nothing.
    const isFree = frame?.t === "ack" || frame?.t === "leave" || (frame?.t === "hello" && user === undefined);
    const id = parsed.ok ? ("id" in parsed.frame ? parsed.frame.id : undefined) : parsed.id;
    if (!isFree && !mayGo(session, id, now)) return;
    if (!parsed.ok) return hall.refuse(session, parsed.code, parsed.message, { id });
    if (user !== undefined) return act(session, user, parsed.frame, now);
    if (parsed.frame.t === "hello") return enter(hall, log, session, parsed.frame, now);
    hall.refuse(session, "hello-first", `Expected \`hello\` first, got \`${parsed.frame.t}\``);
  };

  return {
    open(socket, now, { address } = {}) {
      const isFull = hall.size() >= settings.limits.sockets;
      const session = hall.add(socket, address, now);
      if (isFull) {
        const most = `Expected at most ${settings.limits.sockets} sockets in a room`;
        hall.refuse(session, "room-full", most, { retryAfterMs: 10_000 });
        return hall.dismiss(session, CLOSE.full, "full", now);
      }
      hall.keep(session);
      hall.expectInTime(session);
    },
    receive(socket, data, now) {
      const session = hall.get(socket);
      if (session === undefined) return;
      session.heardMs = now;
      if (typeof data === "string") hear(session, data, now);
      else hall.dismiss(session, CLOSE.protocol, "expected text frames", now);
      outflow.settle(now);
    },
    closed(socket, now) {
      const session = hall.get(socket);
      if (session === undefined) return;
      hall.forget(session, now + settings.graceMs, now);
      outflow.settle(now);
    },
    tick(now) {
      outflow.looked(now);
      hall.presence.expire(now);
      hall.sweep(now);
      outflow.settle(now);
      outflow.trim(now);
      hall.save(now);
    },
    dueMs: () => Math.min(hall.dueMs(), outflow.dueMs()),
    members: () => hall.presence.snapshot(),
  };
}
