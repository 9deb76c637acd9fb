import type { Member, Message, RoomFrame } from "../wire.ts";

/** A frame from a room, or the answer to a heartbeat. */
export type HeardFrame = RoomFrame | { readonly t: "pong" };

/** Who asks for more heartbeats than this would have nothing else of its clients. */
const LEAST_HEARTBEAT_MS = 1_000;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0; // just checked
const isMs = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0; // just checked
/** In milliseconds since 1970, and one that a `Date` can have (ECMA-262, 21.4.1.1). */
const isTime = (value: unknown): value is number =>
  Number.isFinite(value) && Math.abs(value as number) <= 8.64e15; // just checked
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

const isMember = (value: unknown): value is Member =>
  isFields(value) && isText(value["uid"]) && isText(value["name"]);
const isMessage = (value: unknown): value is Message =>
  isFields(value) &&
  isCount(value["seq"]) &&
  isText(value["uid"]) &&
  isText(value["name"]) &&
  isText(value["text"]) &&
  isTime(value["ts"]);

const listOf = (each: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(each);
const optional = (rule: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || rule(value);

const members = listOf(isMember);
const messages = listOf(isMessage);
const here = { pv: isCount, count: isCount };

/** What each frame must have for us to rely on it. What else it has is of a newer room. */
const RULES: Readonly<Record<HeardFrame["t"], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  welcome: {
    ...here,
    uid: isText,
    name: isText,
    epoch: isText,
    seq: isCount,
    recovered: isFlag,
    members,
    limits: (value) =>
      isFields(value) &&
      ["frameBytes", "windowMessages", "windowBytes"].every((limit) => isCount(value[limit])),
    heartbeatMs: (value) => isMs(value) && value >= LEAST_HEARTBEAT_MS,
  },
  msg: { seq: isCount, uid: isText, name: isText, text: isText, ts: isTime },
  batch: { m: messages },
  ok: { id: isText, seq: isCount, ts: isTime, dup: optional(isFlag) },
  named: { id: isText, name: isText },
  who: { ...here, id: isText, members },
  gap: { from: isCount, to: isCount },
  presence: { ...here, join: optional(members), leave: optional(members), nick: optional(members) },
  history: { id: isText, items: messages, more: isFlag },
  typing: { uid: isText, on: isFlag },
  err: {
    id: optional(isText),
    code: isText,
    message: isText,
    retryable: isFlag,
    retryAfterMs: optional(isMs),
  },
  bye: { code: isCount, reconnect: isFlag, afterMs: isMs },
  pong: {},
};

/** Understands what came over the socket; `undefined` for what it does not, whatever it is. */
export function readFrame(data: unknown): HeardFrame | undefined {
  if (!isText(data)) return undefined;
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return undefined; // not JSON, or nested too deeply: the caller counts what cannot be understood
  }
  if (!isFields(frame) || !isText(frame["t"]) || !Object.hasOwn(RULES, frame["t"])) return undefined;
  const rules = Object.entries(RULES[frame["t"] as HeardFrame["t"]]); // an own key of the table
  // The table has a rule for everything the type promises.
  return rules.every(([name, rule]) => rule(frame[name])) ? (frame as unknown as HeardFrame) : undefined;
}
