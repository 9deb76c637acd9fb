import {
  type Conn,
  createSender,
  type DownCall,
  type DownOp,
  LINK_VERSION,
  type LinkAnswer,
  type Sender,
  type UpCall,
  type UpOp,
} from "./link.ts";
import type { Log } from "./log.ts";
import type { Audience, Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";

/** The relays of a room, as the room sees them: who is connected through each, and what is told there. */
export interface Relays {
  /** Those who are connected through relays. */
  size(): number;
  audiences(): Iterable<Audience<Conn>>;
  /** The relay where the next one should connect. */
  route(nowMs: number): number;
  get(relay: number, conn: number): Session<Conn> | undefined;
  /** Takes a call, unless it was taken before. */
  take(call: UpCall, nowMs: number, each: (op: UpOp, audience: RelayAudience) => void): LinkAnswer;
  /** A call has come to an end; without an answer, nobody knows how. */
  delivered(call: DownCall, answer: LinkAnswer | undefined, nowMs: number): void;
  /** Calls those for whom there is something. */
  settle(nowMs: number): void;
  /** Gives up those who are not heard of. @returns Everyone who was connected through one that is given up. */
  sweep(nowMs: number): readonly Session<Conn>[];
  dueMs(): number;
}

/** Those who are connected through one relay. */
export interface RelayAudience extends Audience<Conn> {
  readonly relay: number;
  add(session: Session<Conn>): void;
}

interface Link {
  readonly relay: number;
  readonly life: number;
  readonly sessions: Map<number, Session<Conn>>;
  readonly sender: Sender<DownOp>;
  readonly audience: RelayAudience;
  taken: number;
  heardMs: number;
  isOver: boolean;
}

interface RelaysOptions {
  /** Gives this life of the room a number. Is asked once, when a relay first calls: most rooms have none. */
  makeLife(this: void): number;
  readonly log: Log;
  readonly settings: RoomSettings;
  deliver(this: void, call: DownCall): void;
}

/** A relay is heard of every few seconds; one that is not is given up. */
const SILENT_MS = 20_000;

/** A room with relays looks after them this often, and stays in memory for it: who is where is known there only. */
const LOOK_MS = 2_000;

/** One who was sent to a relay comes there within this time, or does not come. */
const COMING_MS = 5_000;

/** So many messages are told as one thing, so that it fits into a call, however long they are. */
const MOST_MESSAGES = 64;

/** Begins with none: relays call first. */
export function createRelays({ makeLife, log, settings, deliver }: RelaysOptions): Relays {
  let room = 0;
  const links = new Map<number, Link>();
  const coming = new Map<number, readonly number[]>();
  let lost: Session<Conn>[] = [];
  let lookedMs = -Infinity;
  const { split, window, replay } = settings;
  const most = split === "off" ? 0 : split.relaySockets;

  const open = (relay: number, life: number, nowMs: number): Link => {
    const sessions = new Map<number, Session<Conn>>();
    const sender = createSender<DownOp>();
    const audience = audienceOf(relay, sessions, sender);
    const last = log.last();
    const held = log.range(last - Math.max(replay, window.messages) + 1, last);
    sender.push({ do: "begin", last: (held[0]?.seq ?? last + 1) - 1 });
    audience.push(held);
    const link = { relay, life, sessions, sender, audience, taken: 0, heardMs: nowMs, isOver: false };
    links.set(relay, link);
    return link;
  };
  const end = (link: Link) => {
    if (link.isOver) return;
    link.isOver = true;
    lost.push(...link.sessions.values());
  };
  function* alive() {
    for (const link of links.values()) if (!link.isOver) yield link;
  }
  const size = () => [...alive()].reduce((sum, { sessions }) => sum + sessions.size, 0);

  return {
    size,
    *audiences() {
      for (const { audience } of alive()) yield audience;
    },
    route(nowMs) {
      for (let relay = 1; ; relay += 1) {
        const due = (coming.get(relay) ?? []).filter((atMs) => atMs > nowMs - COMING_MS);
        if ((links.get(relay)?.sessions.size ?? 0) + due.length >= most) continue;
        coming.set(relay, [...due, nowMs]);
        return relay;
      }
    },
    get: (relay, conn) => links.get(relay)?.sessions.get(conn),
    take(call, nowMs, each) {
      if (room === 0) room = makeLife();
      const over = { room, isTaken: false };
      if (call.version !== LINK_VERSION || (call.room !== 0 && call.room !== room)) return over;
      const known = links.get(call.relay);
      if (known !== undefined && call.life < known.life) return over;
      if (known !== undefined && call.life > known.life) end(known);
      const isNew = known === undefined || call.life > known.life;
      const link = isNew ? open(call.relay, call.life, nowMs) : known;
      if (link.isOver || call.n > link.taken + 1) {
        end(link);
        return over;
      }
      link.heardMs = nowMs;
      if (call.n > link.taken) {
        link.taken = call.n;
        for (const op of call.ops) {
          if (op.do === "open") coming.set(call.relay, (coming.get(call.relay) ?? []).slice(1));
          each(op, link.audience);
        }
      }
      return { room, isTaken: true };
    },
    delivered({ relay, life, n }, answer, nowMs) {
      const link = links.get(relay);
      if (link?.life !== life) return;
      if (answer?.isTaken === false) end(link);
      else link.sender.settled(n, answer !== undefined, nowMs);
    },
    settle(nowMs) {
      lookedMs = nowMs;
      for (const { relay, life, sender } of alive()) {
        const batch = sender.next(nowMs);
        if (batch !== undefined) deliver({ version: LINK_VERSION, relay, life, room, ...batch });
      }
    },
    sweep(nowMs) {
      for (const link of alive()) {
        if (link.heardMs + SILENT_MS <= nowMs || link.sender.isHopeless(nowMs)) end(link);
      }
      const gone = lost;
      lost = [];
      return gone;
    },
    dueMs() {
      const all = [...alive()];
      if (lost.length > 0) return lookedMs;
      if (all.length === 0) return Infinity;
      return Math.min(lookedMs + LOOK_MS, ...all.map(({ sender }) => sender.dueMs()));
    },
  };
}

/** What a room says to those behind a relay, as the relay is told it. */
function audienceOf(
  relay: number,
  sessions: Map<number, Session<Conn>>,
  { push }: Sender<DownOp>,
): RelayAudience {
  const drop = ({ socket }: Session<Conn>) => void sessions.delete(socket.number);
  return {
    relay,
    add: (session) => void sessions.set(session.socket.number, session),
    push(messages) {
      for (let from = 0; from < messages.length; from += MOST_MESSAGES) {
        push({ do: "log", messages: messages.slice(from, from + MOST_MESSAGES) });
      }
    },
    tell({ socket }, frame) {
      const conn = socket.number;
      if (typeof frame === "string") push({ do: "tell", conn, text: frame });
      else
        push({ do: "tell", conn, text: JSON.stringify(frame), ...("id" in frame && { answers: frame.id }) });
    },
    tellAll: (text, _nowMs, butUid) => push({ do: "tell-all", text, butUid }),
    keep({ socket, user, sent }) {
      if (user !== undefined) push({ do: "user", conn: socket.number, user, sent });
    },
    close(session, code, reason) {
      push({ do: "close", conn: session.socket.number, code, reason });
      drop(session);
    },
    drop,
    // Of these, the relay takes care.
    advance: () => undefined,
    advanceSome: () => false,
    expectInTime: () => undefined,
    heed: () => undefined,
    isSwamped: () => false,
  };
}
