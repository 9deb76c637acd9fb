import { rename, TAKEN } from "./enter.ts";
import type { Hall } from "./hall.ts";
import { readHistory } from "./history.ts";
import type { Log } from "./log.ts";
import { checkName } from "./name.ts";
import type { Parsed } from "./parse-frame.ts";
import type { Session } from "./session.ts";
import type { ClientFrame, Member } from "./wire.ts";

/** With more sockets, who is typing is nobody's business. */
const MOST_WHO_SEE_TYPING = 200;

/** Gives a user another name. */
export function takeName<S>(
  hall: Hall<S>,
  session: Session<S>,
  uid: string,
  { id, name: typed }: Extract<ClientFrame, { t: "nick" }>,
): void {
  const verdict = checkName(typed);
  if (!verdict.ok) return hall.refuse(session, "bad-name", verdict.message, { id });
  const { name, keys } = verdict;
  if (hall.presence.taker(keys, uid) !== undefined) {
    return hall.refuse(session, "name-taken", TAKEN, { id });
  }
  hall.presence.rename({ uid, name, keys });
  rename(hall, { uid, name });
  hall.tell(session, { t: "named", id, name });
}

/** What somebody said, or that it acknowledges what they were not sent. */
export function expectSent<S>({ user, sent }: Session<S>, parsed: Parsed): Parsed {
  if (!parsed.ok || parsed.frame.t !== "ack" || user === undefined || parsed.frame.seq <= sent) return parsed;
  const message = `Expected \`seq\` to be one that was sent, at most ${sent}, got ${parsed.frame.seq}`;
  return { ok: false, code: "bad-frame", message };
}

/** Takes an acknowledgement of what was sent, and sends on who was behind. */
export function acknowledge<S>(session: Session<S>, seq: number, nowMs: number): void {
  const { audience } = session;
  const isProgress = seq > session.acked || session.otherBytes > 0;
  session.acked = Math.max(session.acked, seq);
  session.otherBytes = 0;
  if (session.behindSinceMs !== undefined) {
    // Slow, but it reads.
    if (isProgress) session.behindSinceMs = nowMs;
    audience.advance(session, nowMs);
  }
}

/** Tells others that somebody types, or does no more. */
export function showTyping<S>(hall: Hall<S>, { uid }: Member, on: boolean, nowMs: number): void {
  if (hall.size() > MOST_WHO_SEE_TYPING) return;
  hall.tellAll(JSON.stringify({ t: "typing", uid, on }), nowMs, uid);
}

/** Sends a page of the log, unless it would only lie about with what was sent before. */
export function sendHistory<S>(
  hall: Hall<S>,
  log: Log,
  session: Session<S>,
  { id, before, after, limit }: Extract<ClientFrame, { t: "history" }>,
): void {
  if (session.audience.isSwamped(session)) {
    const more = { id, retryAfterMs: 1_000 };
    return hall.refuse(session, "too-far-behind", "Expected an `ack` of what was sent first", more);
  }
  hall.tell(session, { t: "history", id, ...readHistory(log, { before, after, limit }) });
}
