import { createPresenceChanges } from "./presence-changes.ts";
import { COUNT_ONLY_ABOVE, type Member, type RoomFrame } from "./wire.ts";

/** A snapshot has no more names than this. */
const MOST_MEMBERS = 100;

/** Changes leave together, no more often than this; the more sockets, the less often. */
const LEAST_INTERVAL_MS = 100;
const INTERVAL_MS_PER_SOCKET = 0.5;
const MOST_INTERVAL_MS = 2_000;

/** So many fit in a row. Of a larger crowd some are forgotten, if the room is killed. */
const MOST_SAVED = 10_000;

/** Who is here: a user, whatever number of sockets they have. */
interface User extends Member {
  readonly keys: readonly string[];
  readonly sockets: number;
  /** Of a ghost, who has no socket: until then they may come back as if nothing had been. */
  readonly goneAtMs?: number;
}

/** What of presence outlives the room's memory, besides what sockets carry. */
export interface SavedPresence {
  readonly pv: number;
  readonly ghosts: readonly (Member & { readonly goneAtMs: number })[];
  /** Those with sockets, in case that these are lost with the memory. */
  readonly present?: readonly Member[];
}

/** Who is in a room, and what of it others have not heard yet. */
export interface Presence {
  /** A socket that outlived a hibernation: nobody hears of it. */
  restore(user: Member & { readonly keys: readonly string[] }): void;
  /** Makes ghosts of those of whom no socket was left to restore. @returns Whether there are some. */
  haunt(wereHere: readonly Member[], goneAtMs: number): boolean;
  /** Who has one of these keys, unless it is `uid`. */
  taker(keys: readonly string[], uid: string): User | undefined;
  /** A socket of a user comes; with another name than theirs, it is their new name. */
  enter(user: Member & { readonly keys: readonly string[] }): void;
  rename(user: Member & { readonly keys: readonly string[] }): void;
  /**
   * A socket of a user has gone; with the last one they leave, at once or at a time no earlier than any before. Who has
   * none leaves at once. @returns Whether they were here.
   */
  exit(uid: string, goneAtMs: number | "now"): boolean;
  /** Lets those go whose time is over. */
  expire(nowMs: number): void;
  total(): { readonly count: number; readonly pv: number };
  /** Who is here now. @param forUid Who is told, and need not hear of themselves. */
  snapshot(forUid?: string): {
    readonly members: readonly Member[];
    readonly count: number;
    readonly pv: number;
  };
  /** Takes what has changed since the last time. */
  takeChanges(nowMs: number, sockets: number): Extract<RoomFrame, { t: "presence" }> | undefined;
  /** When something is to do next. */
  dueMs(): number;
  save(): SavedPresence;
}

/** Begins with nobody here but ghosts. */
export function createPresence(
  saved: SavedPresence | undefined,
  keysOf: (name: string) => readonly string[],
): Presence {
  const users = new Map<string, User>();
  /** Those without a socket, in the order in which they will be gone. */
  const ghosts = new Map<string, User & { readonly goneAtMs: number }>();
  const takers = new Map<string, string>();
  const changes = createPresenceChanges();
  let pv = saved?.pv ?? 0;
  let nextFrameMs = -Infinity;

  const put = (user: User) => {
    const before = users.get(user.uid);
    for (const key of before?.keys ?? []) takers.delete(key);
    users.set(user.uid, user);
    for (const key of user.keys) takers.set(key, user.uid);
  };

  const rename: Presence["rename"] = (member) => {
    const user = users.get(member.uid);
    if (user === undefined) return;
    const isOther = user.name !== member.name;
    put({ ...user, ...member });
    if (isOther) changes.renamed(member);
  };
  const restore: Presence["enter"] = (member) => {
    const sockets = users.get(member.uid)?.sockets ?? 0;
    ghosts.delete(member.uid);
    put({ ...memberOf(member), keys: member.keys, sockets: sockets + 1 });
  };

  const makeGhost = (user: User, goneAtMs: number) => {
    const ghost = { ...user, sockets: 0, goneAtMs };
    put(ghost);
    ghosts.set(user.uid, ghost);
  };
  const remove = (user: User) => {
    users.delete(user.uid);
    ghosts.delete(user.uid);
    for (const key of user.keys) takers.delete(key);
    changes.went(user);
  };

  for (const { uid, name, goneAtMs } of saved?.ghosts ?? []) {
    makeGhost({ uid, name, keys: keysOf(name), sockets: 0 }, goneAtMs);
  }

  return {
    restore,
    rename,
    haunt(wereHere, goneAtMs) {
      const before = ghosts.size;
      for (const { uid, name } of wereHere) {
        if (users.has(uid)) continue;
        const keys = keysOf(name);
        // What was saved may be a second old, and somebody have taken that name since.
        if (keys.every((key) => !takers.has(key))) makeGhost({ uid, name, keys, sockets: 0 }, goneAtMs);
      }
      return ghosts.size > before;
    },
    taker(keys, uid) {
      for (const key of keys) {
        const other = takers.get(key);
        if (other !== undefined && other !== uid) return users.get(other);
      }
      return undefined;
    },
    enter(member) {
      const user = users.get(member.uid);
      if (user !== undefined) rename(member);
      restore(member);
      if (user === undefined) changes.came(member);
    },
    exit(uid, goneAtMs) {
      const user = users.get(uid);
      if (user === undefined) return false;
      if (user.sockets > 1) users.set(uid, { ...user, sockets: user.sockets - 1 });
      else if (goneAtMs === "now") remove(user);
      else makeGhost(user, goneAtMs);
      return true;
    },
    expire(nowMs) {
      for (const ghost of ghosts.values()) {
        if (ghost.goneAtMs > nowMs) break;
        remove(ghost);
      }
    },
    total: () => ({ count: users.size, pv }),
    snapshot(forUid) {
      changes.shown(forUid);
      const members: Member[] = [];
      for (const user of users.values()) {
        if (members.length === MOST_MEMBERS) break;
        members.push(memberOf(user));
      }
      return { members, count: users.size, pv };
    },
    takeChanges(nowMs, sockets) {
      // No interval is longer; if it seems to be, the clock was set back.
      const isTooSoon = nowMs < nextFrameMs && nowMs >= nextFrameMs - MOST_INTERVAL_MS;
      if (changes.size === 0 || isTooSoon) return undefined;
      const lists = changes.take();
      if (lists === undefined) return undefined;
      pv += 1;
      const intervalMs = Math.min(
        MOST_INTERVAL_MS,
        Math.max(LEAST_INTERVAL_MS, INTERVAL_MS_PER_SOCKET * sockets),
      );
      nextFrameMs = nowMs + intervalMs;
      const isLarge = users.size > COUNT_ONLY_ABOVE;
      return { t: "presence", pv, count: users.size, ...(!isLarge && lists) };
    },
    dueMs() {
      const [ghost] = ghosts.values();
      const changesMs = changes.size > 0 ? nextFrameMs : Infinity;
      return Math.min(changesMs, ghost?.goneAtMs ?? Infinity);
    },
    save() {
      const kept = [...ghosts.values()].slice(0, MOST_SAVED);
      const present: Member[] = [];
      for (const user of users.values()) {
        if (kept.length + present.length === MOST_SAVED) break;
        if (user.goneAtMs === undefined) present.push(memberOf(user));
      }
      return { pv, ghosts: kept.map(({ uid, name, goneAtMs }) => ({ uid, name, goneAtMs })), present };
    },
  };
}

/** A user as others see them. */
function memberOf({ uid, name }: Member): Member {
  return { uid, name };
}
