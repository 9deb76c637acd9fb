import type { Session } from "./session.ts";
import type { RoomSettings } from "./settings.ts";
import { CLOSE, type CloseCode } from "./wire.ts";

/** By when a session has to do something, and what it is closed with if it does not. */
export interface Deadline {
  readonly atMs: number;
  readonly code: CloseCode;
  readonly reason: string;
}

/**
 * The next deadline of a session: to say hello; to acknowledge, if it is behind; to be heard of at all.
 *
 * @param beatMs When a heartbeat was last answered without the room.
 */
export function deadlineOf<S>(
  { user, openedMs, behindSinceMs, heardMs }: Session<S>,
  beatMs: number,
  { helloMs, silentMs, window }: Pick<RoomSettings, "helloMs" | "silentMs" | "window">,
): Deadline {
  if (user === undefined) return { atMs: openedMs + helloMs, code: CLOSE.noHello, reason: "no hello" };
  const silentAtMs = Math.max(heardMs, beatMs) + silentMs;
  const slowAtMs = (behindSinceMs ?? Infinity) + window.patienceMs;
  return slowAtMs < silentAtMs
    ? { atMs: slowAtMs, code: CLOSE.slow, reason: "too slow" }
    : // Its network may have slept; nothing says that it should stay away.
      { atMs: silentAtMs, code: CLOSE.restart, reason: "silent" };
}
