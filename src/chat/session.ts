import type { Audience } from "./audience.ts";
import type { FloodGuard } from "./flood.ts";
import type { Member } from "./wire.ts";

/** One socket, as the room sees it. */
export interface Session<S> {
  readonly socket: S;
  readonly address: string | undefined;
  readonly openedMs: number;
  /** When it last said anything, that the room heard of. */
  heardMs: number;
  /** Who it is, once it has said hello. */
  user: Member | undefined;
  /** The last message it was sent, and the last it says it has. */
  sent: number;
  acked: number;
  /** Bytes of other frames since the last acknowledgement. */
  otherBytes: number;
  /** Since when it gets no more, for it owes too much; it catches up from the log. */
  behindSinceMs: number | undefined;
  /** The room knows it no more. */
  isOver: boolean;
  readonly guard: FloodGuard;
  /** Those it is reached with. */
  readonly audience: Audience<S>;
}

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
