import type { Member } from "./wire.ts";

/** What others have to hear: who is new to them, who is here no more, who goes by another name. */
type ChangeLists = Readonly<Partial<Record<"join" | "leave" | "nick", readonly Member[]>>>;

/** What has become of users since others last heard of it. */
export interface PresenceChanges {
  readonly size: number;
  came(user: Member): void;
  went(user: Member): void;
  renamed(user: Member): void;
  /** Somebody is shown who is here now. @param forUid Who that is, if they need not hear of themselves. */
  shown(forUid?: string): void;
  /** Takes what others have to hear, if there is something. */
  take(): ChangeLists | undefined;
}

interface Change {
  member: Member;
  readonly wasHere: boolean;
  isHere: boolean;
  /** How many had been shown who is here when that began. */
  since: number;
  /** Whether somebody was shown a list meanwhile that has them, and one that has not. */
  isSeenHere: boolean;
  isSeenAway: boolean;
}

/** Begins with nothing to tell. */
export function createPresenceChanges(): PresenceChanges {
  const changes = new Map<string, Change>();
  let shows = 0;

  const look = (change: Change) => {
    if (change.since === shows) return;
    if (change.isHere) change.isSeenHere = true;
    else change.isSeenAway = true;
  };
  const note = ({ uid, name }: Member, wasHere: boolean, isHere: boolean) => {
    const member = { uid, name };
    const known = changes.get(uid);
    if (known === undefined) {
      changes.set(uid, { member, wasHere, isHere, since: shows, isSeenHere: false, isSeenAway: false });
      return;
    }
    known.member = member;
    if (known.isHere === isHere) return;
    look(known);
    known.isHere = isHere;
    known.since = shows;
  };

  return {
    get size() {
      return changes.size;
    },
    came: (user) => note(user, false, true),
    went: (user) => note(user, true, false),
    renamed: (user) => note(user, true, true),
    shown(forUid) {
      const own = forUid === undefined ? undefined : changes.get(forUid);
      const isOwnNew = own?.since === shows;
      shows += 1;
      if (isOwnNew) own.since = shows;
    },
    take() {
      const lists: Partial<Record<keyof ChangeLists, Member[]>> = {};
      for (const change of changes.values()) {
        look(change);
        const kind = kindOf(change);
        if (kind !== undefined) (lists[kind] ??= []).push(change.member);
      }
      changes.clear();
      return Object.keys(lists).length === 0 ? undefined : lists;
    },
  };
}

/** Who came and went, and was in no list that somebody was shown meanwhile, was never here. */
function kindOf({ wasHere, isHere, isSeenHere, isSeenAway }: Change): keyof ChangeLists | undefined {
  if (isHere) return wasHere && !isSeenAway ? "nick" : "join";
  return wasHere || isSeenHere ? "leave" : undefined;
}
