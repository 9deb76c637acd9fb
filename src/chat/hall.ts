import { createClosings } from "./closings.ts";
import { createFlood } from "./flood.ts";
import type { Conn } from "./link.ts";
import { keysOf } from "./name.ts";
import type { RoomPorts, SavedRoom } from "./ports.ts";
import { createPresence, type Presence } from "./presence.ts";
import { farewell, refusal, type RefuseOptions } from "./refusal.ts";
import { createRelays, type RelayAudience, type Relays } from "./relays.ts";
import { restoreSession } from "./saved-session.ts";
import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { createSockets } from "./sockets.ts";
import type { CloseCode, ErrorCode, Member, Message, RoomFrame } from "./wire.ts";

/** Who is connected to a room, and what is done with them whatever they say. */
export interface Hall<S> {
  /** Those who are connected elsewhere. */
  readonly relays: Relays;
  readonly settings: RoomSettings;
  readonly presence: Presence;
  /** Everyone. */
  size(): number;
  /** Whose sockets are here. */
  sizeHere(): number;
  ofUser(uid: string): ReadonlySet<Session<S>>;
  /** Says who a session is, once or under a new name. */
  identify(session: Session<S>, user: Member): void;
  push(messages: readonly Message[]): void;
  /** Sends the next few what they lack, as far as each can take it. @returns Whether others wait for their turn. */
  advanceSome(nowMs: number): boolean;
  /** Sends a frame to all who have said hello and are not behind, but not to one user. */
  tellAll(text: string, nowMs: number, butUid?: string): void;
  tell(session: Session<S>, frame: RoomFrame | string): void;
  refuse(session: Session<S>, code: ErrorCode, message: string, more?: RefuseOptions): void;
  /** Forgets a session; its user is gone at once, or may come back until a time. */
  forget(session: Session<S>, goneAtMs: number | "now", nowMs: number): void;
  /** Sends a session away, saying why. Its user may come back until a time, after the grace by default. */
  dismiss(
    session: Session<S>,
    code: CloseCode,
    reason: string,
    nowMs: number,
    goneAtMs?: number | "now",
  ): void;
  /** Sends away who has not done in time what they have to. */
  sweep(nowMs: number): void;
  /** Notes that who is here has changed, and is to be kept. */
  touch(nowMs: number): void;
  /** Keeps who is here, if it is time. */
  save(nowMs: number): void;
  dueMs(): number;
}

/** A hall with doors: to sockets of its own, and to relays. */
interface OpenHall<S> extends Hall<S | Conn> {
  get(socket: S): Session<S> | undefined;
  add(socket: S, address: string | undefined, nowMs: number): Session<S>;
  /** Somebody who is connected through a relay. */
  addThere(audience: RelayAudience, conn: number, address: string | undefined, nowMs: number): Session<Conn>;
}

/** Changes of who is here are kept at once, but no more often than this. */
const SAVE_EVERY_MS = 1_000;

/** Opens it, with those whose sockets outlived a hibernation. */
export function createHall<S>(
  ports: RoomPorts<S>,
  settings: RoomSettings,
  nowMs: number,
  saved: SavedRoom<S>,
): OpenHall<S> {
  const presence = createPresence(saved.presence, keysOf);
  const flood = createFlood(settings.flood, ports.makeBucket);
  const closings = createClosings(ports.noteClosing);
  const byUser = new Map<string, Set<Session<S | Conn>>>();
  let savedMs = -Infinity;
  let saveAtMs = Infinity;
  let isSaveFailing = false;

  // Without names, this says to ask.
  const caughtUp = (session: Session<S | Conn>) => hall.tell(session, { t: "presence", ...presence.total() });
  const here = createSockets<S>({ ...ports, caughtUp }, settings);
  const { log, deliver, makeLife } = ports;
  const relays = createRelays({ makeLife, log, settings, deliver });
  function* audiences() {
    yield here;
    yield* relays.audiences();
  }

  const hall: OpenHall<S> = {
    relays,
    settings,
    presence,
    get: (socket) => here.get(socket),
    size: () => here.size() + relays.size(),
    sizeHere: () => here.size(),
    ofUser: (uid) => byUser.get(uid) ?? new Set(),
    add(socket, address, now) {
      const fresh = { openedMs: now, heardMs: now, ...(address !== undefined && { address }) };
      return here.add(socket, fresh, flood.guardFor(address, now));
    },
    identify(session, user) {
      session.user = user;
      const own = byUser.get(user.uid) ?? new Set();
      byUser.set(user.uid, own.add(session));
    },
    addThere(audience, conn, address, now) {
      const fresh = { openedMs: now, heardMs: now, ...(address !== undefined && { address }) };
      const guard = flood.guardFor(address, now);
      const socket = { relay: audience.relay, number: conn };
      const session = restoreSession(socket, fresh, { last: log.last(), guard, audience });
      audience.add(session);
      return session;
    },
    push(messages) {
      for (const audience of audiences()) audience.push(messages);
    },
    advanceSome: (now) => [...audiences()].filter((audience) => audience.advanceSome(now)).length > 0,
    tellAll(text, now, butUid) {
      for (const audience of audiences()) audience.tellAll(text, now, butUid);
    },
    tell: (session, frame) => session.audience.tell(session, frame),
    refuse: (session, code, message, more) => hall.tell(session, refusal(code, message, more)),
    forget(session, goneAtMs, now) {
      if (session.isOver) return;
      session.isOver = true;
      session.audience.drop(session);
      const { user } = session;
      if (user === undefined) return;
      const own = byUser.get(user.uid);
      own?.delete(session);
      if (own?.size === 0) byUser.delete(user.uid);
      presence.exit(user.uid, goneAtMs);
      hall.touch(now);
    },
    dismiss(session, code, reason, now, goneAtMs = now + settings.graceMs) {
      hall.tell(session, farewell(code));
      session.audience.close(session, code, reason);
      closings.note(session, code, reason, now);
      hall.forget(session, goneAtMs, now);
    },
    sweep(now) {
      for (const [session, { code, reason }] of here.late(now)) hall.dismiss(session, code, reason, now);
      for (const session of relays.sweep(now)) hall.forget(session, now + settings.graceMs, now);
    },
    touch(now) {
      saveAtMs = Math.min(saveAtMs, Math.max(now, savedMs + SAVE_EVERY_MS));
    },
    save(now) {
      // It is never further away; if it seems to be, the clock was set back.
      const isTooSoon = now < saveAtMs && now >= saveAtMs - SAVE_EVERY_MS;
      if (saveAtMs === Infinity || isTooSoon) return;
      [savedMs, saveAtMs] = [now, Infinity];
      try {
        ports.save(presence.save());
        isSaveFailing = false;
      } catch (error) {
        if (!isSaveFailing) ports.report(error);
        isSaveFailing = true;
        // Soon, so that the room does not sleep: it would forget what others were told of who is here.
        saveAtMs = now + SAVE_EVERY_MS;
      }
    },
    dueMs: () => Math.min(presence.dueMs(), here.dueMs(), relays.dueMs(), saveAtMs),
  };

  for (const [socket, one] of saved.sockets) {
    const session = here.add(socket, one, flood.guardFor(one.address, nowMs));
    if (session.user === undefined) continue;
    hall.identify(session, session.user);
    presence.restore({ ...session.user, keys: keysOf(session.user.name) });
  }
  for (const session of here.all()) here.expectInTime(session);
  // Their names are theirs while they come back. Kept as ghosts, or each time that the room is opened would be the first.
  if (presence.haunt(saved.presence?.present ?? [], nowMs + settings.graceMs)) hall.touch(nowMs);
  return hall;
}
