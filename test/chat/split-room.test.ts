import { describe, expect, it } from "vitest";
import { LINK_VERSION } from "../../src/chat/link.ts";
import { createTail } from "../../src/chat/tail.ts";
import { CLOSE, type Welcome } from "../../src/chat/wire.ts";
import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";
import { splitRoom } from "./split-room.ts";

const window = { ...DEFAULT_SETTINGS.window, messages: 10 };

/** Ann is at the room itself, bea and cyd are at relays. Says so much that bea, who acknowledges nothing, is behind. */
function withSlow() {
  const rooms = splitRoom(2, { window });
  rooms.world.enter("ann");
  rooms.enter(1, "bea");
  rooms.enter(2, "cyd");
  for (let id = 1; id <= 25; id += 1) {
    rooms.world.say("ann", { t: "send", id: String(id), text: String(id) });
    rooms.carry();
    rooms.world.say("ann", { t: "ack", seq: id });
    rooms.say(2, "cyd", { t: "ack", seq: id });
  }
  return rooms;
}

describe("a room and its relays", () => {
  it("bring those at relays the same messages in the same order as those who are at the room", () => {
    const rooms = withSlow();
    expect(rooms.messages("cyd")).toEqual(rooms.world.messages("ann"));
    expect(rooms.messages("cyd").map(({ seq }) => seq)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  it("tell a relay the end of the log in pieces, each of which a call can carry", () => {
    const rooms = splitRoom(1);
    rooms.world.enter("ann");
    for (let id = 1; id <= 200; id += 1) rooms.world.say("ann", { t: "send", id: `${id}`, text: "x" });
    rooms.world.pass(1_000);
    const open = {
      version: LINK_VERSION,
      relay: 1,
      life: 1,
      room: 0,
      n: 1,
      ops: [{ do: "open", conn: 1 }],
    } as const;
    rooms.world.room().forward(open, rooms.world.now());
    const ops = rooms.world.calls.flatMap((call) => call.ops);
    expect(ops[0]).toEqual({ do: "begin", last: 0 });
    const sizes = ops.flatMap((op) => (op.do === "log" ? [op.messages.length] : []));
    expect(sizes).toEqual([64, 64, 64, 8]);
  });

  it("give one who does not acknowledge no more than the window, and the rest when they do", () => {
    const rooms = withSlow();
    expect(rooms.messages("bea")).toHaveLength(10);
    rooms.say(1, "bea", { t: "ack", seq: 10 });
    expect(rooms.messages("bea")).toHaveLength(20);
    rooms.say(1, "bea", { t: "ack", seq: 20 });
    expect(rooms.messages("bea")).toEqual(rooms.messages("cyd"));
  });

  it("tell one who has caught up that members may have changed", () => {
    const rooms = withSlow();
    const told = () => rooms.frames("bea").filter(({ t }) => t === "presence").length;
    const before = told();
    rooms.say(1, "bea", { t: "ack", seq: 10 });
    expect(told()).toBe(before);
    rooms.say(1, "bea", { t: "ack", seq: 20 });
    expect(told()).toBe(before + 1);
  });

  it("close one who stays behind, with 4101, and nobody else", () => {
    const rooms = withSlow();
    rooms.pass(window.patienceMs - 1_000);
    expect(rooms.closes.size).toBe(0);
    rooms.pass(2_000);
    expect([...rooms.closes]).toEqual([["bea", CLOSE.slow]]);
    const { uid } = rooms.frames("bea").find(({ t }) => t === "welcome") as Welcome;
    expect(rooms.closings).toEqual([{ code: CLOSE.slow, reason: "too slow", uid }]);
    rooms.pass(DEFAULT_SETTINGS.graceMs + 1_000);
    expect(rooms.world.room().members().count).toBe(2);
  });

  it("show everyone who types at a relay, but themselves", () => {
    const rooms = splitRoom(2);
    rooms.world.enter("ann");
    rooms.enter(1, "bea");
    rooms.enter(1, "bob");
    rooms.enter(2, "cyd");
    rooms.say(1, "bea", { t: "typing", on: true });
    const typing = [rooms.world.frames("ann"), ...["bea", "bob", "cyd"].map(rooms.frames)].map(
      (frames) => frames.filter(({ t }) => t === "typing").length,
    );
    expect(typing).toEqual([1, 0, 1, 1]);
  });

  it("ask for no more pages of the log at once than a client may owe", () => {
    const rooms = splitRoom(1, { window: { ...window, bytes: 100_000 } });
    rooms.enter(1, "bea");
    rooms.say(1, "bea", { t: "history", id: "1" }, { t: "history", id: "2" });
    rooms.say(1, "bea", { t: "history", id: "3" });
    const answers = rooms.frames("bea").flatMap((frame) => ("id" in frame ? [[frame.t, frame.id]] : []));
    expect(answers).toEqual([
      ["history", "1"],
      ["err", "2"],
      ["history", "3"],
    ]);
  });

  it.each([
    ["acknowledges what was not sent", { t: "ack", seq: 7 }],
    ["asks for pages that they do not read", { t: "history", id: "1" }],
  ] as const)("count at the room, and close, who %s", (_, frame) => {
    const rooms = splitRoom(1, { flood: DEFAULT_SETTINGS.flood, window: { ...window, bytes: 2_000 } });
    rooms.enter(1, "bea");
    for (let time = 0; time < 40; time += 1) rooms.say(1, "bea", frame);
    expect(rooms.closes.get("bea")).toBe(CLOSE.flood);
  });

  it("close who asks and asks and never shows that they read, though nobody says anything", () => {
    const rooms = splitRoom(1, { window: { ...window, bytes: 2_000 } });
    rooms.enter(1, "bea");
    for (let id = 0; id < 100; id += 1) rooms.say(1, "bea", { t: "who", id: String(id) });
    rooms.pass(31_000);
    expect(rooms.closes.get("bea")).toBe(CLOSE.slow);
  });

  it("send a user at a relay away", () => {
    const rooms = splitRoom(1);
    rooms.world.enter("ann");
    rooms.enter(1, "bea");
    const uid = rooms.frames("bea").flatMap((frame) => (frame.t === "welcome" ? [frame.uid] : []))[0] ?? "";
    expect(rooms.world.room().kick(uid, rooms.world.now())).toBe(true);
    rooms.carry();
    expect([...rooms.closes]).toEqual([["bea", CLOSE.kicked]]);
    expect(rooms.world.room().members().count).toBe(1);
  });

  it("begin anew when somebody comes to a relay that was empty for long", () => {
    const rooms = splitRoom(1);
    rooms.world.enter("ann");
    rooms.enter(1, "bea");
    rooms.say(1, "bea", { t: "leave" });
    rooms.pass(60_000);
    rooms.enter(1, "cyd");
    expect(rooms.frames("cyd").map(({ t }) => t)).toContain("welcome");
    expect(rooms.closes.get("cyd")).toBeUndefined();
  });
});

describe("createTail", () => {
  const message = (seq: number) => ({ seq, uid: "u", name: "n", text: `${seq}`, ts: 0 });

  it("drops what it has already, and takes the rest", () => {
    const tail = createTail(0, 10);
    tail.push([1, 2].map(message));
    expect(tail.push([2, 3].map(message))).toBe(true);
    expect(tail.range(1, 9).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("takes nothing after which something is missing", () => {
    const tail = createTail(2, 10);
    expect(tail.push([4].map(message))).toBe(false);
    expect(tail.last()).toBe(2);
  });

  it("holds no more than twice its size", () => {
    const tail = createTail(0, 3);
    for (let seq = 1; seq <= 100; seq += 1) tail.push([message(seq)]);
    expect(tail.oldest()?.seq).toBeGreaterThan(93);
    expect(tail.range(98, 100).map(({ seq }) => seq)).toEqual([98, 99, 100]);
  });
});
