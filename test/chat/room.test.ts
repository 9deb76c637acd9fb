import { describe, expect, it } from "vitest";
import { CLOSE } from "../../src/chat/wire.ts";
import { cidOf, fakeRoom } from "./fake-room.ts";

/** So many that nothing but a test of floods notices. */
const flood = "off";

describe("createRoom", () => {
  it("welcomes who says hello, and tells the others", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.pass(1_000);
    world.enter("bob");
    expect(world.last("bob", "welcome")).toMatchObject({
      name: "bob",
      seq: 0,
      recovered: false,
      count: 2,
      members: [{ name: "ann" }, { name: "bob" }],
      heartbeatMs: 25_000,
    });
    expect(world.last("ann", "presence")).toMatchObject({ count: 2, join: [{ name: "bob" }] });
  });

  it("sends a message to everyone at once while it is idle, and says ok to its sender", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.say("ann", { t: "send", id: "1", text: "hello" });
    expect(world.last("ann", "ok")).toEqual({ t: "ok", id: "1", seq: 1, ts: world.now() });
    for (const socket of ["ann", "bob"]) {
      expect(world.messages(socket)).toMatchObject([{ seq: 1, name: "ann", text: "hello" }]);
    }
  });

  it("lets messages leave together when a flush has cost something", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    world.enter("bob");
    world.cost(10);
    for (const id of ["1", "2", "3"]) world.say("ann", { t: "send", id, text: id });
    expect(world.messages("bob").map(({ text }) => text)).toEqual(["1"]);
    world.pass(100);
    expect(world.last("bob", "batch")?.m.map(({ text }) => text)).toEqual(["2", "3"]);
    expect(world.frames("ann").filter(({ t }) => t === "ok")).toHaveLength(3);
  });

  it("gives a repeated id its first place, waiting or stored, and not after ten minutes", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    world.cost(10);
    world.say("ann", { t: "send", id: "0", text: "first" });
    world.say("ann", { t: "send", id: "1", text: "twice" });
    world.say("ann", { t: "send", id: "1", text: "twice" });
    world.pass(100);
    world.say("ann", { t: "send", id: "1", text: "twice" });
    world.pass(1_000);
    const oks = world.frames("ann").filter(({ t }) => t === "ok");
    expect(oks).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 2, dup: true }, { seq: 2, dup: true }]);
    expect(world.log.last()).toBe(2);
    world.enter("other", { cid: cidOf("ann"), name: "ann" });
    world.pass(600_000);
    world.enter("again", { cid: cidOf("ann"), name: "ann" });
    world.say("again", { t: "send", id: "1", text: "twice" });
    expect(world.last("again", "ok")).toEqual({ t: "ok", id: "1", seq: 3, ts: world.now() });
  });

  it("replays what was missed, then goes on, with nothing between", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    world.enter("bob");
    world.say("ann", { t: "send", id: "1", text: "1" });
    const { epoch = "" } = world.last("bob", "welcome") ?? {};
    world.gone("bob");
    for (const id of ["2", "3"]) world.say("ann", { t: "send", id, text: id });
    world.enter("bob-2", { name: "bob", cid: cidOf("bob"), resume: { epoch, seq: 1 } });
    world.say("ann", { t: "send", id: "4", text: "4" });
    expect(world.last("bob-2", "welcome")).toMatchObject({ recovered: true, seq: 3 });
    expect(world.messages("bob-2").map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  it("resumes after no messages at all", () => {
    const world = fakeRoom();
    world.enter("ann");
    const { epoch = "" } = world.last("ann", "welcome") ?? {};
    world.gone("ann");
    world.enter("again", { name: "ann", cid: cidOf("ann"), resume: { epoch, seq: 0 } });
    expect(world.last("again", "welcome")).toMatchObject({ recovered: true, seq: 0 });
  });

  it("goes on after a sleep as if nothing had been", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    world.enter("bob");
    world.say("ann", { t: "send", id: "1", text: "1" });
    world.gone("bob");
    world.pass(1_000);
    world.sleep();
    world.say("ann", { t: "send", id: "2", text: "2" });
    expect(world.messages("ann").map(({ seq }) => seq)).toEqual([1, 2]);
    expect(world.room().members().count).toBe(2);
    world.pass(9_500);
    expect(world.last("ann", "presence")).toMatchObject({ count: 1, leave: [{ name: "bob" }] });
  });

  it("sends no more to who owes too much, and goes on from the log when it acknowledges", () => {
    const world = fakeRoom({ flood, window: { messages: 4, bytes: 10_000, patienceMs: 30_000 } });
    world.enter("ann");
    world.enter("bob");
    for (let seq = 1; seq <= 10; seq += 1) {
      world.say("ann", { t: "send", id: String(seq), text: String(seq) });
      world.say("ann", { t: "ack", seq });
    }
    expect(world.messages("bob").map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    world.say("bob", { t: "ack", seq: 2 });
    expect(world.messages("bob").map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    world.sleep();
    world.say("bob", { t: "ack", seq: 6 });
    world.say("bob", { t: "ack", seq: 10 });
    expect(world.messages("bob").map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(world.messages("ann")).toHaveLength(10);
  });

  it.each([4, 3])("brings on who is so far behind that only the log has it, once it has %i of 4", (has) => {
    const world = fakeRoom({ flood, window: { messages: 4, bytes: 10_000, patienceMs: 30_000 } });
    world.enter("ann");
    world.enter("bob");
    for (let seq = 1; seq <= 3_000; seq += 1) {
      world.say("ann", { t: "send", id: String(seq), text: String(seq) });
      world.say("ann", { t: "ack", seq });
    }
    world.say("bob", { t: "ack", seq: has });
    world.say("bob", { t: "ack", seq: has + 4 });
    expect(world.messages("bob").map(({ seq }) => seq)).toEqual(
      Array.from({ length: 8 + has }, (_, index) => index + 1),
    );
  });

  it("closes who is behind for half a minute", () => {
    const world = fakeRoom({ flood, window: { messages: 1, bytes: 10_000, patienceMs: 30_000 } });
    world.enter("ann");
    world.enter("bob");
    for (const id of ["1", "2"]) {
      world.say("ann", { t: "send", id, text: id });
      world.say("ann", { t: "ack", seq: Number(id) });
    }
    world.pass(29_999);
    expect(world.closes.has("bob")).toBe(false);
    world.pass(1);
    expect(world.closes.get("bob")?.code).toBe(CLOSE.slow);
    expect(world.last("bob", "bye")).toMatchObject({ code: 4101, reconnect: true });
    expect(world.closes.has("ann")).toBe(false);
  });
});
