import { describe, expect, it } from "vitest";
import { createSender, type DownCall, type DownOp, LINK_VERSION, type UpCall } from "../../src/chat/link.ts";
import { createRelay } from "../../src/chat/relay.ts";
import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";
import { CLOSE, type Message, type RoomFrame } from "../../src/chat/wire.ts";

const ROOM = 5;

const message = (seq: number): Message => ({ seq, uid: "u", name: "n", text: `${seq}`, ts: 0 });

/** Relay 1 with ann, who is its first client and has read up to 2, and a room that took its first call. */
function relayWithAnn() {
  const closes: (readonly [socket: string, code: number])[] = [];
  const texts: string[] = [];
  const ups: UpCall[] = [];
  let nowMs = 0;
  const split = { sockets: 1, relaySockets: 10 };
  const relay = createRelay<string>(
    {
      send: (_, text) => void texts.push(text),
      close: (socket, code) => void closes.push([socket, code]),
      heardMs: () => nowMs,
      noteClosing: () => undefined,
      makeLife: () => 1,
      forward: (call) => void ups.push(call),
    },
    { ...DEFAULT_SETTINGS, split },
    1,
  );
  const down = (n: number, ops: readonly DownOp[], more: Partial<DownCall> = {}) =>
    relay.deliver({ version: LINK_VERSION, relay: 1, life: 1, room: ROOM, n, ops, ...more }, nowMs);
  const answerUp = (isTaken: boolean | "unknown") => {
    const call = ups.at(-1);
    if (call === undefined) throw new Error("Expected the relay to have called");
    relay.forwarded(call, isTaken === "unknown" ? undefined : { room: ROOM, isTaken }, nowMs);
  };
  relay.open("ann", nowMs);
  answerUp(true);
  down(1, [
    { do: "begin", last: 0 },
    { do: "log", messages: [1, 2].map(message) },
    { do: "user", conn: 1, user: { uid: "a", name: "ann" }, sent: 2 },
  ]);
  return {
    relay,
    closes,
    ups,
    down,
    answerUp,
    sent: () => texts.map((text) => JSON.parse(text) as RoomFrame),
    pass(this: void, ms: number) {
      for (const untilMs = nowMs + ms; nowMs < untilMs;) {
        nowMs = Math.min(untilMs, Math.max(nowMs + 1, relay.dueMs()));
        if (relay.dueMs() <= nowMs) relay.tick(nowMs);
      }
    },
    say: (text: string) => relay.receive("ann", text, nowMs),
  };
}

const MOVED = [["ann", CLOSE.moved]];
const third: DownOp = { do: "log", messages: [message(3)] };

describe("a relay", () => {
  it("takes the next batch of its room, and says so again for the same one", () => {
    const { down, sent } = relayWithAnn();
    expect(down(2, [third])).toEqual({ room: ROOM, isTaken: true });
    expect(down(2, [third])).toEqual({ room: ROOM, isTaken: true });
    expect(sent()).toEqual([{ t: "msg", ...message(3) }]);
  });

  it.each([
    ["of another life of its own", { life: 2 }],
    ["of an earlier life of the room", { room: ROOM - 1 }],
    ["of a room that speaks otherwise", { version: LINK_VERSION + 1 }],
  ])("takes no batch %s, and goes on", (_, more) => {
    const { down, sent, closes } = relayWithAnn();
    expect(down(2, [third], more).isTaken).toBe(false);
    expect(sent()).toEqual([]);
    expect(closes).toEqual([]);
    expect(down(2, [third]).isTaken).toBe(true);
  });

  it.each([
    ["its room has begun a new life", 2, third, { room: ROOM + 1 }],
    ["a batch is missing", 3, third, {}],
    ["messages are missing", 2, { do: "log", messages: [message(4)] } as const, {}],
  ])("sends everyone away to come back at once when %s", (_, n, op, more) => {
    const { down, closes } = relayWithAnn();
    expect(down(n, [op], more).isTaken).toBe(false);
    expect(closes).toEqual(MOVED);
  });

  it("begins a life that is later than the one that it gives up", () => {
    const { relay, answerUp, say, ups, closes } = relayWithAnn();
    say('{"t":"who","id":"1"}');
    answerUp(false);
    expect(closes).toEqual(MOVED);
    relay.open("bea", 0);
    expect(ups.at(-1)).toMatchObject({ life: 2, room: 0, n: 1 });
  });

  it("does not take an answer to a call of an earlier life for one to its own", () => {
    const { relay, answerUp, say, ups } = relayWithAnn();
    say('{"t":"who","id":"1"}');
    const [old] = ups.slice(-1);
    answerUp(false);
    relay.open("bea", 0);
    const calls = ups.length;
    relay.open("cyd", 0);
    if (old !== undefined) relay.forwarded({ ...old, n: 1 }, { room: ROOM, isTaken: true }, 0);
    expect(ups).toHaveLength(calls);
  });

  it("tells its room of everyone whom it sends away for their silence", () => {
    const { relay, ups, pass, answerUp } = relayWithAnn();
    relay.open("bea", 0);
    answerUp(true);
    pass(DEFAULT_SETTINGS.helloMs + 1);
    answerUp(true);
    expect(ups.flatMap(({ ops }) => ops)).toContainEqual({ do: "gone", conn: 2 });
  });

  it("gives a room up that cannot be reached for ten seconds", () => {
    const { say, answerUp, pass, closes } = relayWithAnn();
    say('{"t":"who","id":"1"}');
    for (let second = 0; second < 10; second += 1) {
      answerUp("unknown");
      pass(1_000);
    }
    expect(closes).toEqual([]);
    answerUp("unknown");
    pass(1_500);
    expect(closes).toEqual(MOVED);
  });

  it("sends who lacks more than it holds to where the log is", () => {
    const { down, closes, say } = relayWithAnn();
    for (let n = 2; n <= 5_000; n += 1) down(n, [{ do: "log", messages: [message(n + 1)] }]);
    expect(closes).toEqual([]);
    say('{"t":"ack","seq":3}');
    expect(closes).toEqual(MOVED);
  });
});

describe("createSender", () => {
  it("puts no more into a batch than a call can carry, but always something", () => {
    const sender = createSender<DownOp>();
    const page: DownOp = { do: "tell", conn: 1, text: "x".repeat(128 * 1024) };
    for (let count = 0; count < 200; count += 1) sender.push(page);
    sender.push({ do: "tell-all", text: "x".repeat(20 * 1024 * 1024) });
    for (let count = 0; count < 3_000; count += 1)
      sender.push({ do: "close", conn: 1, code: 1000, reason: "" });
    const sizes: number[] = [];
    for (let batch = sender.next(0); batch !== undefined; batch = sender.next(0)) {
      sizes.push(batch.ops.length);
      sender.settled(batch.n, true, 0);
    }
    expect(sizes).toEqual([31, 31, 31, 31, 31, 31, 14, 1, 2_000, 1_000]);
  });

  it("keeps a batch under way until that very one is settled", () => {
    const sender = createSender<string>();
    sender.push("a");
    expect(sender.next(0)).toEqual({ n: 1, ops: ["a"] });
    sender.settled(1, true, 0);
    sender.push("b");
    expect(sender.next(0)).toEqual({ n: 2, ops: ["b"] });
    sender.settled(1, true, 0);
    sender.push("c");
    expect(sender.next(0)).toBeUndefined();
    sender.settled(2, true, 0);
    expect(sender.next(0)).toEqual({ n: 3, ops: ["c"] });
  });

  it("sends the same batch again, later each time, and what came in meanwhile after it", () => {
    const sender = createSender<string>();
    sender.push("a");
    sender.next(0);
    sender.push("b");
    sender.settled(1, false, 0);
    expect(sender.next(49)).toBeUndefined();
    expect(sender.next(50)).toEqual({ n: 1, ops: ["a"] });
    sender.settled(1, false, 50);
    expect(sender.next(149)).toBeUndefined();
    expect(sender.next(150)).toEqual({ n: 1, ops: ["a"] });
    sender.settled(1, true, 150);
    expect(sender.next(150)).toEqual({ n: 2, ops: ["b"] });
  });
});
