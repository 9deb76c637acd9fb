import type { FloodGuard } from "./flood.ts";
import { PAGE_BYTES } from "./history.ts";
import type { RoomPorts } from "./ports.ts";
import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { createSockets, type Sockets } from "./sockets.ts";
import { createTail, type Tail } from "./tail.ts";
import type { Message } from "./wire.ts";

/** Those at a relay, each with a number that is not given again, and the end of the log that they are sent from. */
export interface Crowd<S> extends Pick<
  Sockets<S>,
  | "get"
  | "size"
  | "all"
  | "late"
  | "dueMs"
  | "tell"
  | "tellAll"
  | "close"
  | "isSwamped"
  | "heed"
  | "expectInTime"
> {
  add(socket: S, address: string | undefined, nowMs: number): Session<S>;
  numberOf(session: Session<S>): number;
  ofNumber(conn: number): Session<S> | undefined;
  drop(session: Session<S>): void;
  /** Takes note that a page of the log was asked for: until it is here, it counts as if it were. */
  asked(session: Session<S>, id: string): void;
  /** What was asked for, if it was a page, is here. */
  answered(session: Session<S>, id: string): void;
  /** The end of a log will follow after a number. Everybody begins anew. */
  begin(last: number): void;
  /** Takes what follows. @returns Whether nothing is missing between. */
  push(messages: readonly Message[]): boolean;
  /** Whether it lacks what is not held here. */
  isLost(session: Session<S>): boolean;
  advanceAll(nowMs: number): void;
}

/** What it needs of the world. */
interface CrowdPorts<S> extends Pick<RoomPorts<S>, "send" | "close" | "heardMs"> {
  /** Is told of one who was behind, and is so no more. */
  caughtUp(this: void, session: Session<S>): void;
}

/** So much of the log is held at least. */
const HELD = 1_024;

/** Floods are counted by the room. */
const unguarded: FloodGuard = { take: () => "go" };

/** Begins with nobody. */
export function createCrowd<S>(ports: CrowdPorts<S>, settings: RoomSettings): Crowd<S> {
  const { window, replay } = settings;
  const numbers = new Map<S, number>();
  const sessions = new Map<number, Session<S>>();
  const pages = new Map<S, readonly string[]>();
  let given = 0;
  let tail: Tail = createTail(0, 0);
  let sockets = makeSockets();

  function makeSockets(): Sockets<S> {
    const log = {
      last: () => tail.last(),
      oldest: () => tail.oldest(),
      range: (from: number, to: number) => tail.range(from, to),
    };
    // What a socket could carry is of no use to the next life.
    return createSockets({ ...ports, log, attach: () => undefined }, settings);
  }
  const crowd: Crowd<S> = {
    get: (socket) => sockets.get(socket),
    size: () => sockets.size(),
    all: () => sockets.all(),
    late: (now) => sockets.late(now),
    dueMs: () => sockets.dueMs(),
    tell: (session, frame) => sockets.tell(session, frame),
    tellAll: (text, now, butUid) => sockets.tellAll(text, now, butUid),
    heed: (session, now) => sockets.heed(session, now),
    isSwamped({ socket, otherBytes }) {
      return otherBytes + PAGE_BYTES * (pages.get(socket)?.length ?? 0) > window.bytes;
    },
    asked: ({ socket }, id) => void pages.set(socket, [...(pages.get(socket) ?? []), id]),
    answered({ socket }, id) {
      const asked = pages.get(socket) ?? [];
      const place = asked.indexOf(id);
      if (place >= 0) pages.set(socket, asked.toSpliced(place, 1));
    },
    expectInTime: (session) => sockets.expectInTime(session),
    advanceAll: (now) => sockets.advanceAll(now),
    numberOf: ({ socket }) => numbers.get(socket) ?? 0,
    ofNumber: (conn) => sessions.get(conn),
    add(socket, address, now) {
      const fresh = { openedMs: now, heardMs: now, ...(address !== undefined && { address }) };
      const session = sockets.add(socket, fresh, unguarded);
      numbers.set(socket, (given += 1));
      sessions.set(given, session);
      sockets.expectInTime(session);
      return session;
    },
    drop(session) {
      sessions.delete(crowd.numberOf(session));
      numbers.delete(session.socket);
      pages.delete(session.socket);
      sockets.drop(session);
    },
    close(session, code, reason) {
      ports.close(session.socket, code, reason);
      crowd.drop(session);
    },
    begin(last) {
      tail = createTail(last, Math.max(HELD, 2 * window.messages, 2 * replay));
      const before = sockets.all();
      sockets = makeSockets();
      for (const { socket, address, openedMs, heardMs } of before) {
        const kept = { openedMs, heardMs, ...(address !== undefined && { address }) };
        const session = sockets.add(socket, kept, unguarded);
        sessions.set(numbers.get(socket) ?? 0, session);
        sockets.expectInTime(session);
      }
    },
    push(messages) {
      const isWhole = tail.push(messages);
      if (isWhole) sockets.push(messages);
      return isWhole;
    },
    isLost({ user, sent }) {
      const first = tail.oldest()?.seq ?? tail.last() + 1;
      return user !== undefined && sent < tail.last() && sent + 1 < first;
    },
  };
  return crowd;
}
