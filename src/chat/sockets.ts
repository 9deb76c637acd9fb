import { type Deadline, deadlineOf } from "./deadline.ts";
import { createDelivery } from "./delivery.ts";
import type { FloodGuard } from "./flood.ts";
import type { Log } from "./log.ts";
import type { RoomPorts } from "./ports.ts";
import { createRound } from "./round.ts";
import { restoreSession, type SavedSession, saveSession } from "./saved-session.ts";
import type { Audience, Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";

/** Those whose sockets are on this machine: what each is sent, and by when each has to do something. */
export interface Sockets<S> extends Audience<S> {
  get(socket: S): Session<S> | undefined;
  size(): number;
  /** Sends all what they lack, at once. */
  advanceAll(nowMs: number): void;
  all(): Iterable<Session<S>>;
  /** A socket, new or one that outlived a hibernation. */
  add(socket: S, saved: SavedSession, guard: FloodGuard): Session<S>;
  /** Those who have not done in time what they have to. */
  late(nowMs: number): readonly (readonly [Session<S>, Deadline])[];
  dueMs(): number;
}

/** What they need of the world. */
interface SocketPorts<S> extends Pick<RoomPorts<S>, "send" | "close" | "attach" | "heardMs"> {
  readonly log: Pick<Log, "last" | "oldest" | "range">;
  /** Is told of one who was behind, and is so no more: meanwhile it was told of nobody who came and went. */
  caughtUp(this: void, session: Session<S>): void;
}

/** Begins with none. */
export function createSockets<S>(
  ports: SocketPorts<S>,
  settings: Pick<RoomSettings, "window" | "replay" | "helloMs" | "silentMs" | "socketsPerTurn">,
): Sockets<S> {
  const { log } = ports;
  const delivery = createDelivery<S>(ports, settings);
  const sessions = new Map<S, Session<S>>();
  const round = createRound(() => sessions.values());
  /** When the first session may be late. */
  let lookAtMs = Infinity;

  const deadline = (session: Session<S>) => deadlineOf(session, ports.heardMs(session.socket), settings);

  /** Whether it has said hello, and is not behind. */
  const isListening = ({ user, behindSinceMs }: Session<S>) =>
    user !== undefined && behindSinceMs === undefined;

  const sockets: Sockets<S> = {
    get: (socket) => sessions.get(socket),
    size: () => sessions.size,
    all: () => sessions.values(),
    add(socket, saved, guard) {
      const session = restoreSession(socket, saved, { last: log.last(), guard, audience: sockets });
      sessions.set(socket, session);
      return session;
    },
    push(messages) {
      delivery.push(messages);
      if (messages.length > 0) round.again();
    },
    tell: delivery.tell,
    isSwamped: delivery.isSwamped,
    tellAll(text, now, butUid) {
      for (const session of sessions.values()) {
        if (!isListening(session) || session.user?.uid === butUid) continue;
        delivery.tell(session, text);
        sockets.heed(session, now);
      }
    },
    heed(session, now) {
      if (isListening(session) && delivery.isSwamped(session)) sockets.advance(session, now);
    },
    advanceAll(now) {
      round.again();
      while (sockets.advanceSome(now));
    },
    advanceSome(now) {
      const last = log.last();
      let left = settings.socketsPerTurn;
      for (const session of round.next()) {
        if (!isListening(session) || session.sent === last) continue;
        sockets.advance(session, now);
        left -= 1;
        if (left === 0) break;
      }
      return round.isOpen();
    },
    advance(session, now) {
      if (!delivery.advance(session, now)) return;
      if (session.behindSinceMs === undefined) ports.caughtUp(session);
      sockets.keep(session);
      sockets.expectInTime(session);
    },
    keep: (session) => ports.attach(session.socket, saveSession(session)),
    expectInTime(session) {
      lookAtMs = Math.min(lookAtMs, deadline(session).atMs);
    },
    close(session, code, reason) {
      ports.close(session.socket, code, reason);
      sockets.drop(session);
    },
    drop: (session) => void sessions.delete(session.socket),
    late(now) {
      if (now < lookAtMs) return [];
      let nextMs = Infinity;
      const late: (readonly [Session<S>, Deadline])[] = [];
      for (const session of sessions.values()) {
        const due = deadline(session);
        if (due.atMs <= now) late.push([session, due]);
        else nextMs = Math.min(nextMs, due.atMs);
      }
      // Last: what has failed is looked at again.
      lookAtMs = nextMs;
      return late;
    },
    dueMs: () => lookAtMs,
  };
  return sockets;
}
