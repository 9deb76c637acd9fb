import { createDelivery } from "./delivery.ts";
import { createFlood, type MakeBucket } from "./flood.ts";
import { readHistory } from "./history.ts";
import type { Log } from "./log.ts";
import { checkName, keysOf } from "./name.ts";
import { createPace } from "./pace.ts";
import { parseFrame } from "./parse-frame.ts";
import { type Letter, storeLetters } from "./post.ts";
import { createPresence, type SavedPresence } from "./presence.ts";
import { createRetention } from "./retention.ts";
import { restoreSession, saveSession, type SavedSession, type Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { textFault } from "./text.ts";
import { uidOf } from "./uid.ts";
import {
  CLOSE,
  type ClientFrame,
  type CloseCode,
  type ErrorCode,
  type Member,
  type Position,
  VERSION,
} from "./wire.ts";

/** What a room needs of the world. `S` is a socket, whatever that is; the room only hands it back. */
export interface RoomPorts<S> {
  readonly log: Log;
  /** Must not leave before everything is durable that was appended to the log until now. */
  send(socket: S, text: string): void;
  close(socket: S, code: number, reason: string): void;
  /** Keeps with a socket what is known of it, for as long as it is open. */
  attach(socket: S, saved: SavedSession): void;
  /** Keeps what is known of who is here, besides what sockets carry. */
  save(presence: SavedPresence): void;
  /** When the last heartbeat of a socket was answered without the room; 0 for never. */
  heardMs(socket: S): number;
  /** Is told of what the log throws; whoever wanted to say something is told that it did not work. */
  report(error: unknown): void;
  /** A clock to measure by how long something took. It may stand still. */
  measureMs(): number;
  readonly makeBucket: MakeBucket;
}

/** What is left of a room that was put out of memory while its sockets stayed open. */
export interface SavedRoom<S> {
  readonly presence?: SavedPresence | undefined;
  readonly sockets: readonly (readonly [socket: S, saved: SavedSession])[];
}

/** A room. Synchronous: what it has to say, it says through its ports before a call returns. */
export interface Room<S> {
  /** @param from.address Whom to count floods by, besides the connection. */
  open(socket: S, nowMs: number, from?: { readonly address?: string | undefined }): void;
  receive(socket: S, data: string | ArrayBuffer, nowMs: number): void;
  /** A socket is gone. May come for one that the room closed itself. */
  closed(socket: S, nowMs: number): void;
  /** Does what is due. May come early, or for nothing. */
  tick(nowMs: number): void;
  /** When `tick` is to come next; `Infinity` for never. What is due soon must not be slept through. */
  dueMs(): number;
  members(): { readonly members: readonly Member[]; readonly count: number; readonly pv: number };
}

/** What is due within this time, the room has in memory only: it must stay there until then. */
export const AWAKE_MS = 2_500;

/** Changes of who is here are kept within this time. */
const SAVE_WITHIN_MS = 1_000;
/** So many wait at most until they are stored and sent, whatever the pace. */
const MOST_QUEUED = 512;
/** With more sockets, who is typing is nobody's business. */
const MOST_WHO_SEE_TYPING = 200;

/** How long a client should stay away, by why it was sent away. */
const AFTER_MS: Partial<Record<CloseCode, number>> = {
  [CLOSE.flood]: 30_000,
  [CLOSE.slow]: 1_000,
  [CLOSE.full]: 10_000,
  [CLOSE.noHello]: 1_000,
};

/** Opens a room, or goes on with one. */
export function createRoom<S>(
  ports: RoomPorts<S>,
  settings: RoomSettings,
  nowMs: number,
  saved: SavedRoom<S> = { sockets: [] },
): Room<S> {
  const { log } = ports;
  const { limits } = settings;
  const presence = createPresence(saved.presence, keysOf);
  const delivery = createDelivery(ports, settings);
  const flood = createFlood(settings.flood, ports.makeBucket);
  const retention = createRetention(log, settings);
  const pace = createPace();
  const sessions = new Map<S, Session<S>>();
  const ofUser = new Map<string, Set<Session<S>>>();
  let letters: Letter<Session<S>>[] = [];
  let saveAtMs = Infinity;
  /** When the first session may have to be closed. */
  let sweepAtMs = Infinity;

  const keep = (session: Session<S>) => ports.attach(session.socket, saveSession(session));
  const { tell } = delivery;

  const refuse = (
    session: Session<S>,
    code: ErrorCode,
    message: string,
    { id, retryAfterMs }: { readonly id?: string | undefined; readonly retryAfterMs?: number } = {},
  ) => {
    const retryable = retryAfterMs !== undefined;
    tell(session, {
      t: "err",
      ...(id !== undefined && { id }),
      code,
      message,
      retryable,
      ...(retryable && { retryAfterMs }),
    });
  };

  /** Forgets a session; its user is gone at once, or may come back until a time. */
  const forget = (session: Session<S>, goneAtMs: number | "now", now: number) => {
    sessions.delete(session.socket);
    const { user } = session;
    if (user === undefined) return;
    const others = ofUser.get(user.uid);
    others?.delete(session);
    if (others?.size === 0) ofUser.delete(user.uid);
    presence.exit(user.uid, goneAtMs);
    saveAtMs = Math.min(saveAtMs, now + SAVE_WITHIN_MS);
  };

  const dismiss = (session: Session<S>, code: CloseCode, reason: string, now: number) => {
    const reconnect = code >= 4100;
    tell(session, { t: "bye", code, reconnect, afterMs: AFTER_MS[code] ?? 0 });
    ports.close(session.socket, code, reason);
    forget(session, now + settings.graceMs, now);
  };

  /** By when a session has to do something, and what it is closed with if it does not. */
  const deadlineOf = (
    session: Session<S>,
  ): { readonly atMs: number; readonly code: CloseCode; readonly reason: string } => {
    const { user, openedMs, behindSinceMs, heardMs, socket } = session;
    if (user === undefined)
      return { atMs: openedMs + settings.helloMs, code: CLOSE.noHello, reason: "no hello" };
    const silentAtMs = Math.max(heardMs, ports.heardMs(socket)) + settings.silentMs;
    const slowAtMs = (behindSinceMs ?? Infinity) + settings.window.patienceMs;
    return slowAtMs < silentAtMs
      ? { atMs: slowAtMs, code: CLOSE.slow, reason: "too slow" }
      : { atMs: silentAtMs, code: CLOSE.restart, reason: "silent" };
  };
  const expectInTime = (session: Session<S>) => {
    sweepAtMs = Math.min(sweepAtMs, deadlineOf(session).atMs);
  };

  const sweep = (now: number) => {
    if (now < sweepAtMs) return;
    sweepAtMs = Infinity;
    for (const session of sessions.values()) {
      const { atMs, code, reason } = deadlineOf(session);
      if (atMs <= now) dismiss(session, code, reason, now);
      else sweepAtMs = Math.min(sweepAtMs, atMs);
    }
  };

  const advance = (session: Session<S>, now: number) => {
    if (!delivery.advance(session, now)) return;
    keep(session);
    expectInTime(session);
  };

  /** Stores what is to be said, then says it. */
  const flush = (now: number) => {
    if (letters.length === 0) return;
    const beganMs = ports.measureMs();
    const lateMs = Math.max(0, now - pace.nextMs());
    const batch = letters;
    letters = [];
    try {
      const { receipts, messages } = storeLetters(log, batch, { nowMs: now, dedupeMs: settings.dedupeMs });
      delivery.push(messages);
      retention.appended(messages.length, now);
      for (const { letter, place, isRepeated } of receipts) {
        const { from, id } = letter;
        if (sessions.get(from.socket) !== from) continue;
        tell(from, { t: "ok", id, ...place, ...(isRepeated && { dup: true }) });
      }
    } catch (error) {
      ports.report(error);
      for (const { from, id } of batch) {
        if (sessions.get(from.socket) !== from) continue;
        refuse(from, "unavailable", "The message could not be stored", { id, retryAfterMs: 1_000 });
      }
    }
    for (const session of sessions.values()) {
      if (session.user !== undefined && session.behindSinceMs === undefined) advance(session, now);
    }
    pace.flushed(now, {
      costMs: ports.measureMs() - beganMs,
      lateMs: Number.isFinite(lateMs) && batch.length > 1 ? lateMs : 0,
      sockets: sessions.size,
    });
  };

  /** Tells who has come, gone, or goes by another name now. */
  const announce = (now: number) => {
    const changes = presence.takeChanges(now, sessions.size);
    if (changes === undefined) return;
    saveAtMs = Math.min(saveAtMs, now + SAVE_WITHIN_MS);
    const text = JSON.stringify(changes);
    for (const session of sessions.values()) {
      // Who is behind sees a step in `pv` later, and may ask.
      if (session.user !== undefined && session.behindSinceMs === undefined) tell(session, text);
    }
  };

  /** Does at the end of a turn what need not wait. */
  const settle = (now: number) => {
    if (letters.length > 0 && (now >= pace.nextMs() || letters.length >= MOST_QUEUED)) flush(now);
    announce(now);
  };

  const identify = (session: Session<S>, user: Member) => {
    session.user = user;
    const own = ofUser.get(user.uid) ?? new Set();
    ofUser.set(user.uid, own.add(session));
  };

  const hello = (session: Session<S>, frame: Extract<ClientFrame, { t: "hello" }>, now: number) => {
    if (frame.v !== VERSION) return dismiss(session, CLOSE.version, `expected version ${VERSION}`, now);
    const verdict = checkName(frame.name);
    const uid = uidOf(log.epoch, frame.cid);
    if (!verdict.ok || presence.taker(verdict.keys, uid) !== undefined) {
      if (verdict.ok) refuse(session, "name-taken", TAKEN);
      else refuse(session, "bad-name", verdict.message);
      return dismiss(session, CLOSE.name, "name", now);
    }
    const { name, keys } = verdict;
    const others = ofUser.get(uid);
    const [eldest] = others ?? [];
    if (eldest !== undefined && (others?.size ?? 0) >= limits.socketsPerUser) {
      dismiss(eldest, CLOSE.replaced, "replaced", now);
    }
    // What is said from here on, the newcomer hears.
    flush(now);
    rename(uid, { uid, name });
    identify(session, { uid, name });
    presence.enter({ uid, name, keys });
    saveAtMs = Math.min(saveAtMs, now + SAVE_WITHIN_MS);
    const seq = log.last();
    const recovered = canReplay(log, frame.resume, settings.replay);
    session.sent = recovered && frame.resume !== undefined ? frame.resume.seq : seq;
    session.acked = session.sent;
    tell(session, {
      t: "welcome",
      uid,
      name,
      epoch: log.epoch,
      seq,
      recovered,
      ...presence.snapshot(),
      limits: {
        textBytes: limits.textBytes,
        textCodePoints: limits.textCodePoints,
        frameBytes: limits.frameBytes,
      },
      heartbeatMs: settings.heartbeatMs,
    });
    const { resume } = frame;
    const isGap = !recovered && resume?.epoch === log.epoch && resume.seq < seq;
    if (isGap) tell(session, { t: "gap", from: resume.seq + 1, to: seq });
    advance(session, now);
    keep(session);
    expectInTime(session);
  };

  /** Gives all sockets of a user their new name. */
  const rename = (uid: string, user: Member) => {
    for (const session of ofUser.get(uid) ?? []) {
      if (session.user?.name === user.name) continue;
      session.user = user;
      keep(session);
    }
  };

  const nick = (
    session: Session<S>,
    uid: string,
    { id, name: typed }: Extract<ClientFrame, { t: "nick" }>,
  ) => {
    const verdict = checkName(typed);
    if (!verdict.ok) return refuse(session, "bad-name", verdict.message, { id });
    if (presence.taker(verdict.keys, uid) !== undefined) return refuse(session, "name-taken", TAKEN, { id });
    const { name, keys } = verdict;
    presence.rename({ uid, name, keys });
    rename(uid, { uid, name });
    tell(session, { t: "named", id, name });
  };

  const ack = (session: Session<S>, seq: number, now: number) => {
    if (seq > session.sent) {
      return refuse(
        session,
        "bad-frame",
        `Expected \`seq\` to be one that was sent, at most ${session.sent}, got ${seq}`,
      );
    }
    const isProgress = seq > session.acked || session.otherBytes > 0;
    session.acked = Math.max(session.acked, seq);
    session.otherBytes = 0;
    // Slow, but it reads.
    if (isProgress && session.behindSinceMs !== undefined) session.behindSinceMs = now;
    advance(session, now);
    keep(session);
  };

  const act = (session: Session<S>, user: Member, frame: ClientFrame, now: number) => {
    switch (frame.t) {
      case "hello":
        return refuse(session, "hello-twice", "Expected one hello, got another");
      case "send": {
        const message = textFault(frame.text, limits);
        if (message !== undefined) return refuse(session, "bad-text", sentence(message), { id: frame.id });
        letters.push({ from: session, sender: user, id: frame.id, text: frame.text });
        return;
      }
      case "nick":
        return nick(session, user.uid, frame);
      case "who":
        return tell(session, { t: "who", id: frame.id, ...presence.snapshot() });
      case "typing": {
        if (sessions.size > MOST_WHO_SEE_TYPING) return;
        const text = JSON.stringify({ t: "typing", uid: user.uid, on: frame.on });
        for (const other of sessions.values()) {
          const hears =
            other.user !== undefined && other.user.uid !== user.uid && other.behindSinceMs === undefined;
          if (hears) tell(other, text);
        }
        return;
      }
      case "history":
        if (delivery.isSwamped(session)) {
          return refuse(session, "too-far-behind", "Expected an `ack` of what was sent first", {
            id: frame.id,
            retryAfterMs: 1_000,
          });
        }
        return tell(session, { t: "history", id: frame.id, ...readHistory(log, frame) });
      case "ack":
        return ack(session, frame.seq, now);
      case "leave":
        ports.close(session.socket, 1000, "left");
        return forget(session, "now", now);
    }
  };

  /** What costs nothing: it only makes room. */
  const isFree = (session: Session<S>, frame: ClientFrame | undefined) =>
    frame?.t === "ack" || frame?.t === "leave" || (frame?.t === "hello" && session.user === undefined);

  const hear = (session: Session<S>, text: string, now: number) => {
    const parsed = parseFrame(text, limits.frameBytes);
    const frame = parsed.ok ? parsed.frame : undefined;
    if (!isFree(session, frame)) {
      const verdict = session.guard.take(now);
      if (verdict !== "go") {
        const { retryAfterMs, isOver } = verdict;
        const id = parsed.ok ? ("id" in parsed.frame ? parsed.frame.id : undefined) : parsed.id;
        refuse(session, "flood", `Expected less at once; try again in ${retryAfterMs} ms`, {
          id,
          retryAfterMs,
        });
        if (isOver) dismiss(session, CLOSE.flood, "flood", now);
        return;
      }
    }
    if (!parsed.ok) return refuse(session, parsed.code, parsed.message, { id: parsed.id });
    const { user } = session;
    if (user !== undefined) return act(session, user, parsed.frame, now);
    if (parsed.frame.t === "hello") return hello(session, parsed.frame, now);
    if (parsed.frame.t === "leave") return dismiss(session, CLOSE.noHello, "left", now);
    refuse(session, "hello-first", `Expected \`hello\` first, got \`${parsed.frame.t}\``);
  };

  const guardFor = (address: string | undefined, now: number) => flood.guardFor(address, now);
  for (const [socket, one] of saved.sockets) {
    const guard = guardFor(one.address, nowMs);
    const session = restoreSession(socket, one, { last: log.last(), guard });
    sessions.set(socket, session);
    if (session.user === undefined) continue;
    identify(session, session.user);
    presence.restore({ ...session.user, keys: keysOf(session.user.name) });
  }
  for (const session of sessions.values()) expectInTime(session);

  return {
    open(socket, now, { address } = {}) {
      const session = restoreSession(
        socket,
        { openedMs: now, heardMs: now, ...(address !== undefined && { address }) },
        { last: log.last(), guard: guardFor(address, now) },
      );
      const isFull = sessions.size >= limits.sockets;
      sessions.set(socket, session);
      if (isFull) {
        refuse(session, "room-full", `Expected at most ${limits.sockets} sockets in a room`, {
          retryAfterMs: 10_000,
        });
        return dismiss(session, CLOSE.full, "full", now);
      }
      keep(session);
      expectInTime(session);
    },
    receive(socket, data, now) {
      const session = sessions.get(socket);
      if (session === undefined) return;
      session.heardMs = now;
      if (typeof data === "string") hear(session, data, now);
      else dismiss(session, CLOSE.protocol, "expected text frames", now);
      settle(now);
    },
    closed(socket, now) {
      const session = sessions.get(socket);
      if (session === undefined) return;
      forget(session, now + settings.graceMs, now);
      settle(now);
    },
    tick(now) {
      presence.expire(now);
      sweep(now);
      settle(now);
      retention.trim(now);
      if (now < saveAtMs) return;
      saveAtMs = Infinity;
      ports.save(presence.save());
    },
    dueMs() {
      const flushMs = letters.length > 0 ? pace.nextMs() : Infinity;
      return Math.min(flushMs, presence.dueMs(), sweepAtMs, retention.dueMs(), saveAtMs);
    },
    members: () => presence.snapshot(),
  };
}

const TAKEN = "Expected `name` to be one that nobody here has or could be taken for";

/** Whether all that was missed can be sent. */
function canReplay(log: Log, resume: Position | undefined, most: number): boolean {
  if (resume?.epoch !== log.epoch) return false;
  const missed = log.last() - resume.seq;
  if (missed === 0) return true;
  const oldest = log.oldest()?.seq ?? Infinity;
  return missed > 0 && missed <= most && oldest <= resume.seq + 1;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
