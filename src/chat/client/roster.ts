import { COUNT_ONLY_ABOVE, type Member, type RoomFrame, type Welcome } from "../wire.ts";

/** Who is here: of at most 100 by name, of all by count. */
export interface Roster {
  readonly members: ReadonlyMap<string, Member>;
  readonly count: number;
}

/** What tells who is here. */
export type RosterFrame = Welcome | Extract<RoomFrame, { t: "who" | "presence" }>;

export const NOBODY: Roster & { readonly pv: number } = { members: new Map(), count: 0, pv: 0 };

/** Whether a change leaves out some that were before it, for this client was too slow then. */
export function isPartial(
  { pv }: typeof NOBODY,
  { pv: next, count, join, leave, nick }: Extract<RoomFrame, { t: "presence" }>,
): boolean {
  return next > pv + 1 || (count <= COUNT_ONLY_ABOVE && (join ?? leave ?? nick) === undefined);
}

/** The roster after a frame. A change that is older than what is known is none. */
export function changeRoster(roster: typeof NOBODY, frame: RosterFrame): typeof NOBODY {
  const { count, pv } = frame;
  if (frame.t === "welcome") return { members: byUid(frame.members), count, pv };
  if (frame.t === "who") return pv < roster.pv ? roster : { members: byUid(frame.members), count, pv };
  if (pv <= roster.pv) return roster;
  const members = new Map(roster.members);
  for (const { uid } of frame.leave ?? []) members.delete(uid);
  for (const member of frame.join ?? []) members.set(member.uid, member);
  for (const member of frame.nick ?? []) if (members.has(member.uid)) members.set(member.uid, member);
  return { members, count, pv };
}

const byUid = (members: readonly Member[]) => new Map(members.map((member) => [member.uid, member]));
