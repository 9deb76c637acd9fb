import { createDelivery, type Delivery } from "./delivery.ts";
import { deadlineOf } from "./deadline.ts";
import { createFlood } from "./flood.ts";
import { keysOf } from "./name.ts";
import type { RoomPorts, SavedRoom } from "./ports.ts";
import { createPresence, type Presence } from "./presence.ts";
import { restoreSession, saveSession, type Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { CLOSE, type CloseCode, type ErrorCode, type Member } from "./wire.ts";

/** Who is connected to a room, and what is done with them whatever they say. */
export interface Hall<S> {
  readonly settings: RoomSettings;
  readonly presence: Presence;
  readonly tell: Delivery<S>["tell"];
  readonly push: Delivery<S>["push"];
  readonly isSwamped: Delivery<S>["isSwamped"];
  get(socket: S): Session<S> | undefined;
  size(): number;
  /** Those who have said hello, and are not behind. */
  listeners(): Iterable<Session<S>>;
  ofUser(uid: string): ReadonlySet<Session<S>>;
  add(socket: S, address: string | undefined, nowMs: number): Session<S>;
  /** Says who a session is, once or under a new name. */
  identify(session: Session<S>, user: Member): void;
  /** Keeps with its socket what is known of a session. */
  keep(session: Session<S>): void;
  /** Looks in time whether it has done what it has to. */
  expectInTime(session: Session<S>): void;
  /** Sends it what it lacks, as far as it can take it. */
  advance(session: Session<S>, nowMs: number): void;
  refuse(session: Session<S>, code: ErrorCode, message: string, more?: RefuseOptions): void;
  /** Forgets a session; its user is gone at once, or may come back until a time. */
  forget(session: Session<S>, goneAtMs: number | "now", nowMs: number): void;
  /** Sends a session away, saying why. */
  dismiss(session: Session<S>, code: CloseCode, reason: string, nowMs: number): void;
  /** Sends away who has not done in time what they have to. */
  sweep(nowMs: number): void;
  /** Notes that who is here has changed, and is to be kept soon. */
  touch(nowMs: number): void;
  /** Keeps who is here, if it is time. */
  save(nowMs: number): void;
  dueMs(): number;
}

interface RefuseOptions {
  /** Of what was asked for. */
  readonly id?: string | undefined;
  /** When to try again; without it, trying again is no use. */
  readonly retryAfterMs?: number;
}

/** Changes of who is here are kept within this time. */
const SAVE_WITHIN_MS = 1_000;

/** From this code on, who was closed may come back. */
const LEAST_TEMPORARY = 4100;

/** How long a client should stay away, by why it was sent away. */
const AFTER_MS: Partial<Record<CloseCode, number>> = {
  [CLOSE.flood]: 30_000,
  [CLOSE.slow]: 1_000,
  [CLOSE.full]: 10_000,
  [CLOSE.noHello]: 1_000,
};

/** Opens it, with those whose sockets outlived a hibernation. */
export function createHall<S>(
  ports: RoomPorts<S>,
  settings: RoomSettings,
  nowMs: number,
  saved: SavedRoom<S>,
): Hall<S> {
  const { log } = ports;
  const presence = createPresence(saved.presence, keysOf);
  const delivery = createDelivery(ports, settings);
  const flood = createFlood(settings.flood, ports.makeBucket);
  const sessions = new Map<S, Session<S>>();
  const byUser = new Map<string, Set<Session<S>>>();
  let saveAtMs = Infinity;
  /** When the first session may have to be sent away. */
  let sweepAtMs = Infinity;

  const deadline = (session: Session<S>) => deadlineOf(session, ports.heardMs(session.socket), settings);

  const hall: Hall<S> = {
    settings,
    presence,
    tell: delivery.tell,
    push: delivery.push,
    isSwamped: delivery.isSwamped,
    get: (socket) => sessions.get(socket),
    size: () => sessions.size,
    *listeners() {
      for (const session of sessions.values()) {
        if (session.user !== undefined && session.behindSinceMs === undefined) yield session;
      }
    },
    ofUser: (uid) => byUser.get(uid) ?? new Set(),
    add(socket, address, now) {
      const fresh = { openedMs: now, heardMs: now, ...(address !== undefined && { address }) };
      const guard = flood.guardFor(address, now);
      const session = restoreSession(socket, fresh, { last: log.last(), guard });
      sessions.set(socket, session);
      return session;
    },
    identify(session, user) {
      session.user = user;
      const own = byUser.get(user.uid) ?? new Set();
      byUser.set(user.uid, own.add(session));
    },
    keep: (session) => ports.attach(session.socket, saveSession(session)),
    expectInTime(session) {
      sweepAtMs = Math.min(sweepAtMs, deadline(session).atMs);
    },
    advance(session, now) {
      if (!delivery.advance(session, now)) return;
      // Who came and went meanwhile it was not told; without names, this says to ask.
      if (session.behindSinceMs === undefined) hall.tell(session, { t: "presence", ...presence.total() });
      hall.keep(session);
      hall.expectInTime(session);
    },
    refuse(session, code, message, { id, retryAfterMs } = {}) {
      const retryable = retryAfterMs !== undefined;
      delivery.tell(session, {
        t: "err",
        ...(id !== undefined && { id }),
        code,
        message,
        retryable,
        ...(retryable && { retryAfterMs }),
      });
    },
    forget(session, goneAtMs, now) {
      sessions.delete(session.socket);
      const { user } = session;
      if (user === undefined) return;
      const own = byUser.get(user.uid);
      own?.delete(session);
      if (own?.size === 0) byUser.delete(user.uid);
      presence.exit(user.uid, goneAtMs);
      hall.touch(now);
    },
    dismiss(session, code, reason, now) {
      const reconnect = code >= LEAST_TEMPORARY;
      delivery.tell(session, { t: "bye", code, reconnect, afterMs: AFTER_MS[code] ?? 0 });
      ports.close(session.socket, code, reason);
      hall.forget(session, now + settings.graceMs, now);
    },
    sweep(now) {
      if (now < sweepAtMs) return;
      sweepAtMs = Infinity;
      for (const session of sessions.values()) {
        const { atMs, code, reason } = deadline(session);
        if (atMs <= now) hall.dismiss(session, code, reason, now);
        else sweepAtMs = Math.min(sweepAtMs, atMs);
      }
    },
    touch(now) {
      saveAtMs = Math.min(saveAtMs, now + SAVE_WITHIN_MS);
    },
    save(now) {
      if (now < saveAtMs) return;
      saveAtMs = Infinity;
      ports.save(presence.save());
    },
    dueMs: () => Math.min(presence.dueMs(), sweepAtMs, saveAtMs),
  };

  for (const [socket, one] of saved.sockets) {
    const guard = flood.guardFor(one.address, nowMs);
    const session = restoreSession(socket, one, { last: log.last(), guard });
    sessions.set(socket, session);
    if (session.user === undefined) continue;
    hall.identify(session, session.user);
    presence.restore({ ...session.user, keys: keysOf(session.user.name) });
  }
  for (const session of sessions.values()) hall.expectInTime(session);
  return hall;
}
