import type { Message, RoomFrame, Welcome } from "../../../src/chat/wire.ts";

/** A message of a room where somebody counts. */
export const message = (seq: number): Message => ({
  seq,
  uid: "u2",
  name: "Bob",
  text: `text ${seq}`,
  ts: seq,
});

/** What a room says to a client it lets in. */
export const welcome = (more: Partial<Welcome> = {}): Welcome => ({
  t: "welcome",
  uid: "u1",
  name: "Ada",
  epoch: "e1",
  seq: 0,
  recovered: false,
  members: [{ uid: "u1", name: "Ada" }],
  count: 1,
  pv: 1,
  limits: {
    textBytes: 4_096,
    textCodePoints: 2_000,
    frameBytes: 8_192,
    windowMessages: 256,
    windowBytes: 262_144,
  },
  heartbeatMs: 25_000,
  ...more,
});

/** One of each that a room can say. */
export const EVERY_FRAME: readonly RoomFrame[] = [
  welcome(),
  { t: "msg", ...message(1) },
  { t: "batch", m: [message(1), message(2)] },
  { t: "ok", id: "i", seq: 1, ts: 1 },
  { t: "ok", id: "i", seq: 1, ts: 1, dup: true },
  { t: "named", id: "i", name: "Ada" },
  { t: "who", id: "i", members: [{ uid: "u1", name: "Ada" }], count: 1, pv: 1 },
  { t: "gap", from: 1, to: 2 },
  { t: "presence", pv: 2, count: 1 },
  { t: "presence", pv: 2, count: 2, join: [{ uid: "u2", name: "Bob" }], leave: [], nick: [] },
  { t: "history", id: "i", items: [message(1)], more: true },
  { t: "typing", uid: "u2", on: true },
  { t: "err", code: "bad-frame", message: "Expected JSON", retryable: false },
  { t: "err", id: "i", code: "flood", message: "Slowly", retryable: true, retryAfterMs: 10 },
  { t: "bye", code: 4200, reconnect: true, afterMs: 0 },
];
