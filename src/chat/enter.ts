import type { Hall } from "./hall.ts";
import type { Log } from "./log.ts";
import { checkName } from "./name.ts";
import type { Session } from "./session.ts";
import { uidOf } from "./uid.ts";
import { CLOSE, type ClientFrame, type Member, type Position, VERSION, type Welcome } from "./wire.ts";

type Hello = Extract<ClientFrame, { t: "hello" }>;

/** Why a name is refused that would be fine if nobody had it. */
export const TAKEN = "Expected `name` to be one that nobody here has or could be taken for";

/** Lets in who says hello, in one turn: what was missed, then what is new, with nothing between. */
export function enter<S>(
  hall: Hall<S>,
  log: Log,
  session: Session<S>,
  { v, name: typed, cid, resume }: Hello,
  nowMs: number,
): void {
  const { settings, presence } = hall;
  // The type says so, and clients may say anything.
  if ((v as number) !== VERSION) return hall.dismiss(session, CLOSE.version, "expected version 1", nowMs);
  const verdict = checkName(typed);
  const uid = uidOf(log.epoch, cid);
  if (!verdict.ok || presence.taker(verdict.keys, uid) !== undefined) {
    if (verdict.ok) hall.refuse(session, "name-taken", TAKEN);
    else hall.refuse(session, "bad-name", verdict.message);
    return hall.dismiss(session, CLOSE.name, verdict.ok ? "name taken" : "bad name", nowMs);
  }
  const { name, keys } = verdict;
  const others = hall.ofUser(uid);
  const [eldest] = others;
  if (eldest !== undefined && others.size >= settings.limits.socketsPerUser) {
    hall.dismiss(eldest, CLOSE.replaced, "replaced", nowMs);
  }
  rename(hall, { uid, name });
  hall.identify(session, { uid, name });
  presence.enter({ uid, name, keys });
  hall.touch(nowMs);
  welcome(hall, log, session, { uid, name }, resume);
  const { audience } = session;
  audience.advance(session, nowMs);
  audience.keep(session);
  audience.expectInTime(session);
}

/** Gives all sockets of a user their new name. */
export function rename<S>(hall: Hall<S>, user: Member): void {
  for (const session of hall.ofUser(user.uid)) {
    if (session.user?.name === user.name) continue;
    hall.identify(session, user);
    session.audience.keep(session);
  }
}

function welcome<S>(
  hall: Hall<S>,
  log: Log,
  session: Session<S>,
  user: Member,
  resume: Position | undefined,
): void {
  const { settings, presence } = hall;
  const { textBytes, textCodePoints, frameBytes } = settings.limits;
  const { messages: windowMessages, bytes: windowBytes } = settings.window;
  const seq = log.last();
  const replayFrom = canReplay(log, resume, settings.replay) ? resume?.seq : undefined;
  session.sent = session.acked = replayFrom ?? seq;
  const frame: Welcome = {
    t: "welcome",
    ...user,
    epoch: log.epoch,
    seq,
    recovered: replayFrom !== undefined,
    ...presence.snapshot(user.uid),
    limits: { textBytes, textCodePoints, frameBytes, windowMessages, windowBytes },
    heartbeatMs: settings.heartbeatMs,
  };
  hall.tell(session, frame);
  const isGap = replayFrom === undefined && resume?.epoch === log.epoch && resume.seq < seq;
  if (isGap) hall.tell(session, { t: "gap", from: resume.seq + 1, to: seq });
}

/** Whether all that was missed is there, and not too much to send. */
function canReplay(log: Log, resume: Position | undefined, most: number): boolean {
  if (resume?.epoch !== log.epoch) return false;
  const missed = log.last() - resume.seq;
  if (missed === 0) return true;
  const oldest = log.oldest()?.seq ?? Infinity;
  return missed > 0 && missed <= most && oldest <= resume.seq + 1;
}
