import type { Session } from "./session.ts";
import type { Member } from "./wire.ts";

/** What of a session its socket carries through a hibernation. */
export interface SavedSession extends Partial<Member> {
  readonly address?: string;
  readonly openedMs: number;
  readonly heardMs: number;
  readonly acked?: number;
  /** Of one that is behind; all others have been sent everything. */
  readonly behind?: { readonly sent: number; readonly sinceMs: number };
}

/** A session as a socket carries it. */
export function saveSession<S>(session: Session<S>): SavedSession {
  const { address, openedMs, heardMs, user, sent, acked, behindSinceMs } = session;
  return {
    openedMs,
    heardMs,
    ...(address !== undefined && { address }),
    ...(user !== undefined && { ...user, acked }),
    ...(behindSinceMs !== undefined && { behind: { sent, sinceMs: behindSinceMs } }),
  };
}

/** A session as it was. Whatever was to be sent when the room went to sleep had been sent. */
export function restoreSession<S>(
  socket: S,
  saved: SavedSession,
  { last, guard, audience }: Pick<Session<S>, "guard" | "audience"> & { readonly last: number },
): Session<S> {
  const { address, openedMs, heardMs, uid, name, acked = last, behind } = saved;
  return {
    socket,
    address,
    openedMs,
    heardMs,
    user: uid === undefined || name === undefined ? undefined : { uid, name },
    sent: behind?.sent ?? last,
    acked,
    otherBytes: 0,
    behindSinceMs: behind?.sinceMs,
    isOver: false,
    guard,
    audience,
  };
}
