import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { AWAKE_MS } from "../../src/chat/room.ts";
import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";
import { CLOSE, VERSION } from "../../src/chat/wire.ts";
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

  it("sends to a few in a turn, and to those who still wait all that has come meanwhile", () => {
    const world = fakeRoom({ flood, socketsPerTurn: 2 });
    const sockets = ["ann", "bob", "cy", "dot", "eve"];
    for (const socket of sockets) world.enter(socket);
    world.cost(10);
    const textsOf = (socket: string) => world.messages(socket).map(({ text }) => text);
    world.say("eve", { t: "send", id: "1", text: "1" });
    expect(sockets.filter((socket) => textsOf(socket).length > 0)).toEqual(["ann", "bob"]);
    world.say("eve", { t: "send", id: "2", text: "2" });
    world.gone("cy");
    world.enter("fay");
    world.pass(13);
    expect(sockets.filter((socket) => textsOf(socket).length > 0)).toEqual(["ann", "bob", "dot", "eve"]);
    expect(world.last("dot", "batch")?.m.map(({ text }) => text)).toEqual(["1", "2"]);
    world.pass(100);
    for (const socket of ["ann", "bob", "dot", "eve"]) expect(textsOf(socket)).toEqual(["1", "2"]);
    // Who comes has missed nothing, and is sent what is said from then on.
    expect(textsOf("fay")).toEqual(["2"]);
  });

  it("keeps those who wait for their turn in memory, and sends them on before it sleeps", () => {
    const world = fakeRoom({ flood, socketsPerTurn: 1 });
    for (const socket of ["ann", "bob"]) world.enter(socket);
    world.pass(5_000);
    world.cost(10);
    world.say("ann", { t: "send", id: "1", text: "1" });
    expect(world.messages("bob")).toEqual([]);
    expect(world.room().dueMs()).toBeLessThan(world.now() + AWAKE_MS);
    world.pass(100);
    expect(world.messages("bob")).toHaveLength(1);
    expect(world.room().dueMs()).toBeGreaterThan(world.now() + AWAKE_MS);
  });

  it("rests for a quarter of what a flush has cost, and for a tenth of a second at most", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    // Of the ten, one goes by until a timer comes.
    for (const [costMs, restMs] of [
      [40, 9],
      [1_000, 100],
    ] as const) {
      world.cost(costMs);
      world.say("ann", { t: "send", id: `${costMs}`, text: "first" });
      world.say("ann", { t: "send", id: `${costMs} again`, text: "second" });
      const before = world.messages("ann").length;
      world.pass(costMs + restMs - 1);
      expect(world.messages("ann")).toHaveLength(before);
      world.pass(1);
      expect(world.messages("ann")).toHaveLength(before + 1);
      world.pass(5_000);
    }
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

  it("counts a window in bytes as well", () => {
    const world = fakeRoom({ flood, window: { messages: 256, bytes: 5_000, patienceMs: 30_000 } });
    world.enter("ann");
    world.enter("bob");
    for (let seq = 1; seq <= 4; seq += 1) {
      world.say("ann", { t: "send", id: String(seq), text: "x".repeat(2_000) });
      world.say("ann", { t: "ack", seq });
    }
    expect(world.messages("bob")).toHaveLength(2);
    expect(world.messages("ann")).toHaveLength(4);
  });

  it("brings a message that is larger than the window, as it was let in by other settings, when nothing else is owed", () => {
    const world = fakeRoom({ window: { messages: 256, bytes: 2_000, patienceMs: 30_000 } });
    const text = (seq: number) => "x".repeat(seq === 2 ? 10_000 : 500);
    world.log.append(
      [1, 2, 3].map((seq) => ({ seq, uid: "u", name: "n", text: text(seq), ts: 1, id: `${seq}` })),
    );
    world.sleep();
    world.enter("ann", { resume: { epoch: world.log.epoch, seq: 0 } });
    expect(world.messages("ann").map(({ seq }) => seq)).toEqual([1]);
    world.say("ann", { t: "ack", seq: 1 });
    expect(world.messages("ann").map(({ seq }) => seq)).toEqual([1, 2]);
    world.say("ann", { t: "ack", seq: 2 });
    expect(world.messages("ann").map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("sends nothing large to who asks and asks, and shows no sign of reading", () => {
    const world = fakeRoom({ flood, window: { messages: 256, bytes: 10_000, patienceMs: 30_000 } });
    world.enter("ann");
    for (let id = 0; id < 4; id += 1)
      world.say("ann", { t: "send", id: String(id), text: "x".repeat(2_000) });
    world.say("ann", { t: "ack", seq: 4 });
    for (let id = 0; id < 50; id += 1) world.say("ann", { t: "history", id: String(id) });
    const pages = world.frames("ann").filter(({ t }) => t === "history");
    expect(pages.length).toBeLessThan(5);
    expect(world.last("ann", "err")).toMatchObject({ code: "too-far-behind", id: "49", retryable: true });
    world.say("ann", { t: "ack", seq: 4 });
    world.say("ann", { t: "history", id: "again" });
    expect(world.last("ann", "history")).toMatchObject({ id: "again" });
  });

  it.each([
    ["all", 1],
    ["some", 4],
  ])("tells of a gap when retention has taken %s of what comes next to who is behind", (__, messages) => {
    const retention = { messages: 4, ageMs: 1_000_000_000 };
    const world = fakeRoom({ flood, retention, window: { messages, bytes: 10_000, patienceMs: 30_000 } });
    world.enter("ann");
    world.enter("bob");
    for (let seq = 1; seq <= 10; seq += 1) {
      world.say("ann", { t: "send", id: String(seq), text: String(seq) });
      world.say("ann", { t: "ack", seq });
      world.pass(1);
    }
    expect(world.log.entries().length).toBeLessThanOrEqual(5);
    world.sleep();
    for (let round = 0; round < 10; round += 1) {
      const seq = Math.max(world.messages("bob").at(-1)?.seq ?? 0, world.last("bob", "gap")?.to ?? 0);
      world.say("bob", { t: "ack", seq });
    }
    const gap = world.last("bob", "gap");
    const seqs = world.messages("bob").map(({ seq }) => seq);
    expect(gap?.from).toBe(messages + 1);
    expect(seqs).toEqual([
      ...Array.from({ length: messages }, (_, index) => index + 1),
      ...Array.from({ length: 10 - (gap?.to ?? 0) }, (_, index) => (gap?.to ?? 0) + 1 + index),
    ]);
  });

  it("does not replay more than it should, and says which messages that leaves out", () => {
    const world = fakeRoom({ flood, replay: 3 });
    world.enter("ann");
    const { epoch = "" } = world.last("ann", "welcome") ?? {};
    for (let id = 1; id <= 5; id += 1) world.say("ann", { t: "send", id: String(id), text: "x" });
    world.enter("bob", { resume: { epoch, seq: 1 } });
    expect(world.last("bob", "welcome")).toMatchObject({ recovered: false, seq: 5 });
    expect(world.last("bob", "gap")).toEqual({ t: "gap", from: 2, to: 5 });
    world.enter("cy", { resume: { epoch, seq: 2 } });
    expect(world.last("cy", "welcome")).toMatchObject({ recovered: true });
    for (const [socket, resume] of [
      ["dee", { epoch: "another", seq: 2 }],
      ["eve", { epoch, seq: 6 }],
    ] as const) {
      world.enter(socket, { resume });
      expect(world.last(socket, "welcome")).toMatchObject({ recovered: false });
      expect(world.last(socket, "gap")).toBeUndefined();
    }
  });

  it("does not say that it replays all when retention has taken some of it", () => {
    const world = fakeRoom({ flood, retention: { messages: 3, ageMs: 1_000_000_000 } });
    world.enter("ann");
    const { epoch = "" } = world.last("ann", "welcome") ?? {};
    for (let id = 1; id <= 8; id += 1) world.say("ann", { t: "send", id: String(id), text: "x" });
    world.pass(1);
    const kept = world.log.oldest()?.seq ?? 0;
    expect(kept).toBeGreaterThan(2);
    world.enter("bob", { resume: { epoch, seq: kept - 2 } });
    expect(world.last("bob", "welcome")).toMatchObject({ recovered: false });
    expect(world.last("bob", "gap")).toEqual({ t: "gap", from: kept - 1, to: 8 });
    world.enter("cy", { resume: { epoch, seq: kept - 1 } });
    expect(world.last("cy", "welcome")).toMatchObject({ recovered: true });
    expect(world.messages("cy")).toHaveLength(9 - kept);
  });

  it("refuses what comes too fast, says when to try again, and closes who does not listen", () => {
    const world = fakeRoom();
    world.enter("ann", {}, "203.0.113.7");
    for (let id = 0; id < 10; id += 1) world.say("ann", { t: "send", id: String(id), text: "x" });
    expect(world.last("ann", "err")).toBeUndefined();
    world.say("ann", { t: "send", id: "10", text: "x" });
    expect(world.last("ann", "err")).toMatchObject({
      code: "flood",
      id: "10",
      retryable: true,
      retryAfterMs: 1_000,
    });
    world.pass(1_000);
    world.say("ann", { t: "send", id: "10", text: "x" });
    expect(world.last("ann", "ok")).toMatchObject({ id: "10", seq: 11 });
    for (let time = 0; time < 18; time += 1) world.raw("ann", "not even JSON");
    expect(world.closes.has("ann")).toBe(false);
    world.raw("ann", "not even JSON");
    expect(world.closes.get("ann")?.code).toBe(CLOSE.flood);
    expect(world.last("ann", "bye")).toMatchObject({ code: 4100, reconnect: true, afterMs: 30_000 });
  });

  it("forgets after a minute that somebody did not listen", () => {
    const world = fakeRoom({ silentMs: 600_000 });
    world.enter("ann");
    for (let time = 0; time < 29; time += 1) world.raw("ann", "not even JSON");
    world.pass(60_000);
    for (let time = 0; time < 29; time += 1) world.raw("ann", "not even JSON");
    expect(world.closes.has("ann")).toBe(false);
    world.raw("ann", "not even JSON");
    expect(world.closes.get("ann")?.code).toBe(CLOSE.flood);
  });

  it("counts an address across its connections, and acknowledgements not at all", () => {
    const world = fakeRoom();
    const sockets = ["a", "b", "c", "d"];
    for (const socket of sockets) world.enter(socket, {}, "203.0.113.7");
    for (const socket of sockets) {
      for (let id = 0; id < 10; id += 1) {
        world.say(socket, { t: "send", id: String(id), text: "x" });
        world.say(socket, { t: "ack", seq: 1 });
      }
    }
    expect(world.log.last()).toBe(30);
    world.enter("elsewhere", {}, "198.51.100.1");
    world.say("elsewhere", { t: "send", id: "1", text: "x" });
    expect(world.log.last()).toBe(31);
  });

  it.each([
    ["a frame before hello", '{"t":"who","id":"1"}', "hello-first"],
    ["no JSON", "{", "bad-frame"],
    ["an unknown type", '{"t":"shout"}', "unknown-type"],
  ])("answers %s, and waits for hello", (_, text, code) => {
    const world = fakeRoom();
    world.open("ann");
    world.raw("ann", text);
    expect(world.last("ann", "err")).toMatchObject({ code, retryable: false });
    world.say("ann", { t: "hello", v: 1, name: "ann", cid: cidOf("ann") });
    expect(world.last("ann", "welcome")).toBeDefined();
    world.say("ann", { t: "hello", v: 1, name: "ann", cid: cidOf("ann") });
    expect(world.last("ann", "err")).toMatchObject({ code: "hello-twice" });
  });

  it.each([
    ["binary frames", (world: World) => world.raw("bob", new ArrayBuffer(3)), CLOSE.protocol],
    ["no hello in ten seconds", (world: World) => world.pass(10_000), CLOSE.noHello],
    [
      "another version",
      (world: World) =>
        world.raw("bob", JSON.stringify({ t: "hello", v: 2, name: "bob", cid: cidOf("bob") })),
      CLOSE.version,
    ],
    [
      "a name that is taken",
      (world: World) => world.say("bob", { t: "hello", v: 1, name: "ＡＮＮ", cid: cidOf("bob") }),
      CLOSE.name,
    ],
    [
      "a bad name",
      (world: World) => world.say("bob", { t: "hello", v: 1, name: "admin", cid: cidOf("bob") }),
      CLOSE.name,
    ],
  ])("closes for %s, and the room goes on", (_, act, code) => {
    const world = fakeRoom();
    world.enter("ann");
    world.open("bob");
    act(world);
    expect(world.closes.get("bob")?.code).toBe(code);
    expect(world.last("bob", "bye")).toMatchObject({ code, reconnect: code >= 4100 });
    world.say("ann", { t: "send", id: "1", text: "still here" });
    expect(world.last("ann", "ok")).toBeDefined();
  });

  it("closes who is silent, unless the platform has heard from them", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.pass(60_000);
    world.beat("bob");
    world.pass(15_000);
    expect([...world.closes.keys()]).toEqual(["ann"]);
    world.pass(59_999);
    expect(world.closes.has("bob")).toBe(false);
    world.pass(1);
    expect(world.closes.get("bob")?.code).toBe(CLOSE.restart);
    expect(world.room().members().count).toBe(1);
    world.pass(11_000);
    expect(world.room().members().count).toBe(0);
    expect(world.room().dueMs()).toBe(Infinity);
  });

  it("remembers over a sleep that somebody has said something, who sends no heartbeats", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    for (let id = 0; id < 20; id += 1) {
      world.pass(10_000);
      world.beat("bob");
      world.say("ann", { t: "send", id: `${id}`, text: "x" });
    }
    world.sleep();
    world.pass(1_000);
    expect([...world.closes.keys()]).toEqual([]);
    world.pass(75_000);
    expect([...world.closes.keys()]).toContain("ann");
  });

  it("takes no more sockets than it should, and lets a user's oldest go for their newest", () => {
    const limits = { ...DEFAULT_SETTINGS.limits, sockets: 3, socketsPerUser: 2 };
    const world = fakeRoom({ limits });
    for (const socket of ["1", "2", "3"]) world.enter(socket, { name: "ann", cid: cidOf("ann") });
    expect(world.closes).toEqual(new Map([["1", { code: CLOSE.replaced, reason: "replaced" }]]));
    world.enter("4", { name: "bob", cid: cidOf("bob") });
    world.open("5");
    expect(world.closes.get("5")?.code).toBe(CLOSE.full);
    expect(world.room().members().count).toBe(2);
  });

  it("tells the operator who was sent away and why, a few a second, and of how many it did not", () => {
    const world = fakeRoom({ limits: { ...DEFAULT_SETTINGS.limits, sockets: 1 } });
    world.enter("ann");
    for (let socket = 0; socket < 1_000; socket += 1) world.open(`late-${socket}`);
    const full = { code: CLOSE.full, reason: "full" };
    expect(world.closings).toEqual([full, full, full, full, full]);
    world.pass(1_000);
    const { uid } = world.last("ann", "welcome") ?? {};
    world.raw("ann", new ArrayBuffer(1));
    const binary = { code: CLOSE.protocol, reason: "expected text frames", uid, untold: 995 };
    expect(world.closings.slice(5)).toEqual([binary]);
    world.enter("bob");
    world.room().kick(world.last("bob", "welcome")?.uid ?? "", world.now());
    expect(world.closings.at(-1)).toMatchObject({ code: CLOSE.kicked, reason: "kicked" });
    expect(world.closings.at(-1)).not.toHaveProperty("untold");
  });

  it("does not trouble the operator with those who fall silent or leave", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.say("bob", { t: "leave" });
    world.pass(DEFAULT_SETTINGS.silentMs);
    expect(world.closes.get("ann")?.code).toBe(CLOSE.restart);
    expect(world.closings).toEqual([]);
  });

  it("shows a user once, however many sockets they have, and gives a ghost's name to its owner only", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.enter("bob-2", { name: "bob", cid: cidOf("bob") });
    world.pass(1_000);
    expect(world.room().members().count).toBe(2);
    world.gone("bob");
    world.pass(20_000);
    expect(world.room().members().count).toBe(2);
    world.gone("bob-2");
    world.enter("thief", { name: "Bob" });
    expect(world.closes.get("thief")?.code).toBe(CLOSE.name);
    world.enter("bob-3", { name: "bob", cid: cidOf("bob") });
    world.pass(20_000);
    const told = world.frames("ann").flatMap((frame) => (frame.t === "presence" ? [frame] : []));
    expect(told.flatMap(({ join = [] }) => join.map(({ name }) => name))).toEqual(["ann", "bob"]);
    expect(told.flatMap(({ leave = [] }) => leave)).toEqual([]);
    expect(told.map(({ pv }) => pv)).toEqual(told.map((_, index) => index + 1));
  });

  it("lets a name be free when its owner has left, at once or after the grace", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.say("bob", { t: "leave" });
    expect(world.closes.get("bob")).toEqual({ code: 1000, reason: "left" });
    world.enter("bob-2", { name: "bob" });
    expect(world.last("bob-2", "welcome")).toBeDefined();
    world.gone("bob-2");
    world.pass(10_000);
    world.enter("bob-3", { name: "bob" });
    expect(world.last("bob-3", "welcome")).toBeDefined();
  });

  it("keeps the names of all who were here when it is killed, until the grace is over", () => {
    const world = fakeRoom();
    for (const name of ["ann", "bob", "cyd"]) world.enter(name);
    world.pass(1_000);
    world.kill();
    world.enter("thief", { name: "Bob" });
    expect(world.closes.get("thief")?.code).toBe(CLOSE.name);
    world.enter("ann-2", { name: "ann", cid: cidOf("ann") });
    expect(world.last("ann-2", "welcome")).toMatchObject({ count: 3, members: [{}, {}, {}] });
    world.enter("bob-2", { name: "bob", cid: cidOf("bob") });
    world.pass(9_999);
    expect(world.room().members().count).toBe(3);
    world.pass(1);
    expect(world.room().members().count).toBe(2);
    world.pass(1_000);
    // To the others, nobody has come again, and one has left.
    const told = world.frames("ann-2").flatMap((frame) => (frame.t === "presence" ? [frame] : []));
    expect(told).toMatchObject([{ count: 2, leave: [{ name: "cyd" }] }]);
    expect(told[0]).not.toHaveProperty("join");
  });

  it("keeps at once who comes into a quiet room, so that they are not forgotten in a kill", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.kill();
    world.enter("thief", { name: "Ann" });
    expect(world.closes.get("thief")?.code).toBe(CLOSE.name);
  });

  it("goes on when it cannot be kept who is here, says so, and tries again until it can", () => {
    const world = fakeRoom();
    world.failSaves(true);
    world.enter("ann");
    world.say("ann", { t: "send", id: "1", text: "x" });
    expect(world.last("ann", "ok")).toBeDefined();
    world.pass(59_000);
    expect(world.reported).toEqual([new Error("disk full")]);
    expect(world.room().dueMs()).toBeLessThan(world.now() + AWAKE_MS);
    world.failSaves(false);
    world.pass(1_000);
    world.kill();
    world.enter("thief", { name: "Ann" });
    expect(world.closes.get("thief")?.code).toBe(CLOSE.name);
  });

  it("lets those who were here when it is killed go in time, though it sleeps meanwhile", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.pass(1_000);
    world.kill();
    world.pass(1_000);
    world.sleep();
    world.pass(8_999);
    expect(world.room().members().count).toBe(1);
    world.pass(1);
    expect(world.room().members().count).toBe(0);
  });

  it("gives nobody the name that somebody has taken since it was kept who is here", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.pass(1_000);
    world.say("ann", { t: "nick", id: "1", name: "anna" });
    world.say("bob", { t: "nick", id: "1", name: "bo" });
    world.enter("cyd", { name: "bob" });
    world.attachments.delete("bob");
    world.sleep();
    expect(world.room().members()).toMatchObject({ count: 2, members: [{ name: "anna" }, { name: "bob" }] });
    world.pass(20_000);
    world.enter("thief", { name: "bob" });
    expect(world.closes.get("thief")?.code).toBe(CLOSE.name);
  });

  it("keeps who is here once for all who come within a second, and never for what is said", () => {
    const world = fakeRoom();
    for (let socket = 0; socket < 50; socket += 1) world.enter(`user-${socket}`);
    world.pass(1_000);
    const saves = world.saves();
    expect(saves).toBeLessThanOrEqual(2);
    world.pass(5_000);
    const settled = world.saves();
    for (let id = 0; id < 5; id += 1) world.say("user-1", { t: "send", id: String(id), text: "hi" });
    world.pass(5_000);
    expect(world.saves()).toBe(settled);
  });

  it("changes a name for all sockets of a user, and in what they say from then on", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.enter("bob-2", { name: "bob", cid: cidOf("bob") });
    world.pass(1_000);
    world.say("bob", { t: "nick", id: "1", name: "Bobby" });
    expect(world.last("bob", "named")).toEqual({ t: "named", id: "1", name: "Bobby" });
    world.pass(1_000);
    expect(world.last("ann", "presence")).toMatchObject({ nick: [{ name: "Bobby" }] });
    world.sleep();
    world.say("bob-2", { t: "send", id: "2", text: "hi" });
    expect(world.messages("ann")).toMatchObject([{ name: "Bobby" }]);
    for (const name of ["ann", "АNN", "server"]) {
      world.say("bob", { t: "nick", id: name, name });
      expect(world.last("bob", "err")).toMatchObject({
        id: name,
        code: name === "server" ? "bad-name" : "name-taken",
      });
    }
  });

  it("says to others that somebody types", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.say("ann", { t: "typing", on: true });
    const uid = world.last("ann", "welcome")?.uid;
    expect(world.last("bob", "typing")).toEqual({ t: "typing", uid, on: true });
    expect(world.last("ann", "typing")).toBeUndefined();
  });

  it("does not say who types where there are many", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    for (let index = 0; index < 199; index += 1) world.enter(`user${index}`);
    world.say("ann", { t: "typing", on: true });
    expect(world.last("user198", "typing")).toBeDefined();
    world.enter("late");
    world.say("ann", { t: "typing", on: true });
    expect(world.last("late", "typing")).toBeUndefined();
  });

  it("tells whoever wanted to say something when the log fails, and goes on", () => {
    const world = fakeRoom();
    world.enter("ann");
    const append = vi.spyOn(world.log, "append").mockImplementation(() => {
      throw new Error("disk full");
    });
    world.say("ann", { t: "send", id: "1", text: "x" });
    expect(world.last("ann", "err")).toMatchObject({ id: "1", code: "unavailable", retryable: true });
    expect(world.messages("ann")).toEqual([]);
    expect(world.reported).toHaveLength(1);
    append.mockRestore();
    world.say("ann", { t: "send", id: "1", text: "x" });
    expect(world.last("ann", "ok")).toMatchObject({ id: "1", seq: 1 });
  });

  it("writes a message once, and sends all who are as far the same frame", () => {
    const world = fakeRoom({ flood });
    const sockets = Array.from({ length: 50 }, (_, index) => `s${index}`);
    for (const socket of sockets) world.enter(socket);
    world.say("s0", { t: "send", id: "1", text: "x" });
    const texts = new Set(sockets.map((socket) => JSON.stringify(world.last(socket, "msg"))));
    expect(texts.size).toBe(1);
  });

  it("goes on when the clock is set back by an hour", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.pass(5_000);
    world.say("ann", { t: "send", id: "1", text: "one" });
    world.enter("cyd");
    world.setBack(3_600_000);
    world.say("ann", { t: "send", id: "2", text: "two" });
    world.enter("dot");
    world.pass(1_000);
    expect(world.messages("bob").map(({ text }) => text)).toEqual(["one", "two"]);
    expect(world.last("ann", "ok")).toMatchObject({ id: "2" });
    expect(world.last("bob", "presence")).toMatchObject({ count: 4 });
    // And it was kept who is here.
    world.kill();
    world.enter("thief", { name: "Dot" });
    expect(world.closes.get("thief")?.code).toBe(CLOSE.name);
  });

  it("does not let more wait than it should, whatever a flush costs", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    world.cost(1_000);
    for (let id = 0; id <= 512; id += 1) world.say("ann", { t: "send", id: String(id), text: "x" });
    expect(world.log.last()).toBe(513);
  });

  it("keeps who is slow, and reads", () => {
    const world = fakeRoom({
      flood,
      window: { messages: 1, bytes: 10_000, patienceMs: 30_000 },
      silentMs: 1_000_000,
    });
    world.enter("ann");
    for (let id = 1; id <= 5; id += 1) world.say("ann", { t: "send", id: String(id), text: "x" });
    for (let seq = 1; seq <= 4; seq += 1) {
      world.pass(20_000);
      world.say("ann", { t: "ack", seq });
    }
    expect(world.closes.size).toBe(0);
    expect(world.messages("ann")).toHaveLength(5);
  });

  it("closes who asks and asks and never shows that they read, though nobody says anything", () => {
    const world = fakeRoom({ flood, window: { messages: 256, bytes: 2_000, patienceMs: 30_000 } });
    world.enter("ann");
    world.enter("bob");
    world.pass(1_000);
    for (let id = 0; id < 100; id += 1) world.say("bob", { t: "who", id: String(id) });
    world.pass(29_999);
    expect(world.closes.has("bob")).toBe(false);
    world.pass(1);
    expect(world.closes.get("bob")?.code).toBe(CLOSE.slow);
    expect(world.closes.has("ann")).toBe(false);
  });

  it("tells who never shows that they read no more of who types and who comes, and then to ask", () => {
    const world = fakeRoom({ flood, window: { messages: 256, bytes: 2_000, patienceMs: 30_000 } });
    world.enter("ann");
    world.enter("bob");
    world.pass(1_000);
    for (let time = 0; time < 1_000; time += 1) world.say("ann", { t: "typing", on: time % 2 === 0 });
    expect(JSON.stringify(world.frames("bob")).length).toBeLessThan(4_000);
    world.say("bob", { t: "ack", seq: 0 });
    expect(world.frames("bob").at(-1)).toEqual({ t: "presence", count: 2, pv: 2 });
    world.say("ann", { t: "typing", on: true });
    expect(world.frames("bob").at(-1)).toMatchObject({ t: "typing" });
  });

  it.each([
    ["acknowledges what was not sent", true, '{"t":"ack","seq":1}'],
    ["acknowledges before hello", false, '{"t":"ack","seq":0}'],
    ["leaves before hello", false, '{"t":"leave"}'],
  ])("counts like anything else that is answered who %s", (_, hasEntered, text) => {
    const world = fakeRoom();
    if (hasEntered) world.enter("ann");
    else world.open("ann");
    for (let time = 0; time < 29; time += 1) world.raw("ann", text);
    expect(world.closes.has("ann")).toBe(false);
    world.raw("ann", text);
    expect(world.closes.get("ann")?.code).toBe(CLOSE.flood);
  });

  it("lets go at once of what is more than is kept, for more was when it went to sleep", () => {
    const world = fakeRoom({ retention: { messages: 8, ageMs: 1_000_000_000 } });
    const entry = (seq: number) => ({ seq, uid: "u", name: "n", text: "x", ts: world.now(), id: `${seq}` });
    world.log.append(Array.from({ length: 20 }, (_, index) => entry(index + 1)));
    world.sleep();
    world.pass(0);
    expect(world.log.oldest()?.seq).toBe(13);
    // But for what it lets stand by itself.
    world.log.append([21, 22].map(entry));
    world.sleep();
    expect(world.room().dueMs()).toBeGreaterThan(world.now());
  });

  it("goes on when the log cannot be trimmed, says so, and tries again a minute later", () => {
    const world = fakeRoom({ flood, retention: { messages: 4, ageMs: 1_000_000_000 }, silentMs: 600_000 });
    world.enter("ann");
    world.enter("bob");
    const trim = vi.spyOn(world.log, "trim").mockImplementation(() => {
      throw new Error("disk full");
    });
    world.say("ann", { t: "send", id: "1", text: "x" });
    world.pass(1_000);
    expect(world.messages("bob")).toHaveLength(1);
    expect(world.reported).toHaveLength(1);
    trim.mockRestore();
    for (let id = 2; id <= 5; id += 1) world.log.append([entry(id)]);
    world.pass(60_000);
    expect(world.log.oldest()?.seq).toBe(2);
  });

  it("names a hundred of those who are here, and above a thousand tells only how many", () => {
    const world = fakeRoom({ flood });
    world.enter("ann");
    for (let index = 0; index < 999; index += 1) world.enter(`user${index}`);
    world.pass(3_000);
    expect(world.last("ann", "presence")).toMatchObject({ count: 1_000, join: expect.anything() as unknown });
    const { members = [], count } = world.last("user998", "welcome") ?? {};
    expect([members.length, count]).toEqual([100, 1_000]);
    const told = () => world.frames("ann").filter(({ t }) => t === "presence").length;
    const before = told();
    world.enter("one-more");
    world.enter("another");
    world.pass(499);
    expect(told()).toBe(before + 1);
    world.pass(3_000);
    expect(world.last("ann", "presence")).toEqual({
      t: "presence",
      count: 1_002,
      pv: expect.any(Number) as number,
    });
  });

  it("closes who acknowledges the same over and over", () => {
    const world = fakeRoom({ flood, window: { messages: 1, bytes: 10_000, patienceMs: 30_000 } });
    world.enter("ann");
    for (const id of ["1", "2"]) world.say("ann", { t: "send", id, text: id });
    for (let time = 0; time < 4; time += 1) {
      world.say("ann", { t: "ack", seq: 0 });
      world.pass(10_000);
    }
    expect(world.closes.get("ann")?.code).toBe(CLOSE.slow);
  });

  it("refuses an acknowledgement of what was not sent", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.say("ann", { t: "ack", seq: 1 });
    expect(world.last("ann", "err")).toMatchObject({
      code: "bad-frame",
      message: expect.stringContaining("at most 0"),
    });
  });

  it("sends no messages to who has been sent much else and acknowledges nothing", () => {
    const world = fakeRoom({ flood, window: { messages: 256, bytes: 2_000, patienceMs: 30_000 } });
    world.enter("ann");
    for (let id = 0; id < 30; id += 1) world.say("ann", { t: "who", id: String(id) });
    world.say("ann", { t: "send", id: "1", text: "x" });
    expect(world.messages("ann")).toEqual([]);
    world.say("ann", { t: "ack", seq: 0 });
    expect(world.messages("ann")).toHaveLength(1);
  });

  it("replays nothing before it is acknowledged that there is much to read already", () => {
    const world = fakeRoom({ flood, window: { messages: 256, bytes: 250, patienceMs: 30_000 } });
    world.enter("ann");
    world.say("ann", { t: "ack", seq: 0 });
    world.say("ann", { t: "send", id: "1", text: "x" });
    world.enter("bob", { resume: { epoch: world.log.epoch, seq: 0 } });
    expect(world.messages("bob")).toEqual([]);
    world.say("bob", { t: "ack", seq: 0 });
    expect(world.messages("bob")).toHaveLength(1);
  });

  it("says nothing of who came and went between two frames", () => {
    const world = fakeRoom({ graceMs: 1 });
    world.enter("ann");
    world.enter("bob");
    world.say("bob", { t: "leave" });
    world.pass(10_000);
    const told = world.frames("ann").flatMap((frame) => (frame.t === "presence" ? [frame] : []));
    expect(told.flatMap(({ join = [], leave = [] }) => [...join, ...leave].map(({ name }) => name))).toEqual([
      "ann",
    ]);
  });

  it("tells that somebody has gone of whom only a welcome or a list told", () => {
    const world = fakeRoom({ graceMs: 1 });
    world.enter("ann");
    world.enter("bob");
    world.enter("cyd");
    world.say("bob", { t: "leave" });
    world.pass(10_000);
    const told = world.frames("cyd").flatMap((frame) => (frame.t === "presence" ? [frame] : []));
    expect(told.flatMap(({ leave = [] }) => leave.map(({ name }) => name))).toEqual(["bob"]);
  });

  it("tells that somebody is here whom a list had not, for they had just gone and came back", () => {
    const world = fakeRoom();
    for (const name of ["ann", "bob"]) world.enter(name);
    world.pass(10_000);
    world.say("bob", { t: "leave" });
    world.enter("cyd");
    world.enter("again", { cid: cidOf("bob"), name: "bob" });
    world.pass(10_000);
    const told = world.frames("cyd").flatMap((frame) => (frame.t === "presence" ? [frame] : []));
    expect(told.flatMap(({ join = [] }) => join.map(({ name }) => name)).toSorted()).toEqual(["bob", "cyd"]);
  });

  it("remembers who has gone before it sleeps", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.pass(5_000);
    world.gone("bob");
    world.pass(2_000);
    world.sleep();
    expect(world.room().members().count).toBe(2);
  });

  it("counts a second hello like anything else that is said", () => {
    const world = fakeRoom();
    world.enter("ann");
    for (let time = 0; time < 11; time += 1)
      world.say("ann", { t: "hello", v: 1, name: "ann", cid: cidOf("ann") });
    expect(world.last("ann", "err")).toMatchObject({ code: "flood" });
  });

  it("asks to be ticked only while something is due", () => {
    const world = fakeRoom();
    expect(world.room().dueMs()).toBe(Infinity);
    world.enter("ann");
    world.pass(5_000);
    // What is left is worth sleeping for.
    expect(world.room().dueMs()).toBeGreaterThan(world.now() + AWAKE_MS);
  });
});

type World = ReturnType<typeof fakeRoom>;

const entry = (seq: number) => ({ seq, uid: "u", name: "ann", text: "x", ts: 1_000_000, id: `e${seq}` });

describe("a room, whatever happens", () => {
  const who = fc.constantFrom("ann", "bob", "cy");
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant("send" as const), who, id: fc.nat(30) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("ack" as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("enter" as const), who }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 20, 3_000, 12_000) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("sleep" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("cost" as const), ms: fc.nat(40) }) },
  );

  it("brings everyone every message once, in order, across drops, sleeps and slowness", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const window = { messages: 3, bytes: 10_000, patienceMs: 30_000 };
        const world = fakeRoom({ flood: "off", window, socketsPerTurn: 2 });
        /** The socket that each client has now, and what it has got by all of them. */
        const sockets = new Map<string, string>();
        const got = new Map<string, number[]>();
        const told = new Set<number>();
        let count = 0;
        const take = (client: string) => {
          const socket = sockets.get(client);
          if (socket === undefined) return;
          const known = got.get(client) ?? [];
          const begun = world.last(socket, "welcome");
          const first = known[0] ?? (begun?.seq ?? 0) + 1;
          const seqs = world
            .messages(socket)
            .map(({ seq }) => seq)
            .filter((seq) => seq > (known.at(-1) ?? first - 1));
          got.set(client, [...known, ...seqs]);
          for (const frame of world.frames(socket)) if (frame.t === "ok") told.add(frame.seq);
          if (world.closes.has(socket)) sockets.delete(client);
        };
        const enter = (client: string) => {
          take(client);
          if (sockets.has(client)) return;
          const socket = `${client}-${(count += 1)}`;
          const seq = got.get(client)?.at(-1);
          const resume = seq === undefined ? {} : { resume: { epoch: world.log.epoch, seq } };
          world.enter(socket, { name: client, cid: cidOf(client), ...resume });
          sockets.set(client, socket);
        };
        const ack = (client: string) => {
          take(client);
          const socket = sockets.get(client);
          const seq = got.get(client)?.at(-1);
          if (socket !== undefined && seq !== undefined) world.say(socket, { t: "ack", seq });
        };
        for (const one of steps) {
          if (one.do === "pass") world.pass(one.ms);
          else if (one.do === "cost") world.cost(one.ms);
          else if (one.do === "sleep") {
            // Only what has nothing due soon is put out of memory.
            if (world.room().dueMs() > world.now() + AWAKE_MS) world.sleep();
          } else if (one.do === "enter") enter(one.who);
          else if (one.do === "ack") ack(one.who);
          else if (one.do === "drop") {
            take(one.who);
            const socket = sockets.get(one.who);
            if (socket !== undefined) world.gone(socket);
            sockets.delete(one.who);
          } else {
            const socket = sockets.get(one.who);
            if (socket !== undefined && !world.closes.has(socket)) {
              world.say(socket, { t: "send", id: String(one.id), text: `${one.who} ${one.id}` });
            }
          }
        }
        // Everyone comes back, and reads on until there is no more.
        for (const client of ["ann", "bob", "cy"]) enter(client);
        for (let round = 0; round < 60; round += 1) {
          world.pass(100);
          for (const client of ["ann", "bob", "cy"]) ack(client);
        }
        const last = world.log.last();
        for (const [client, seqs] of got) {
          const [first = last + 1] = seqs;
          expect([client, seqs]).toEqual([
            client,
            Array.from({ length: last + 1 - first }, (_, index) => first + index),
          ]);
        }
        for (const seq of told) expect(seq).toBeLessThanOrEqual(last);
        const ids = world.log.entries().map(({ uid, id }) => `${uid} ${id}`);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe("kick", () => {
  it("sends a user away from every socket, at once and for good", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bea");
    world.open("bea2");
    world.say("bea2", { t: "hello", v: VERSION, name: "bea", cid: cidOf("bea") });
    world.pass(1_000);
    const uid = world.last("bea", "welcome")?.uid ?? "";
    expect(world.room().kick(uid, world.now())).toBe(true);
    expect(["bea", "bea2"].map((socket) => world.closes.get(socket)?.code)).toEqual([
      CLOSE.kicked,
      CLOSE.kicked,
    ]);
    expect(world.last("bea", "bye")).toMatchObject({ code: CLOSE.kicked, reconnect: false });
    world.pass(1_000);
    expect(
      world
        .room()
        .members()
        .members.map(({ name }) => name),
    ).toEqual(["ann"]);
    expect(world.last("ann", "presence")).toMatchObject({ count: 1, leave: [{ uid }] });
  });

  it("does not let who has just lost their connection be here until they come back", () => {
    const world = fakeRoom();
    world.enter("ann");
    world.enter("bob");
    world.pass(1_000);
    const [ann] = world.room().members().members;
    world.gone("ann");
    expect(world.room().kick(ann?.uid ?? "", world.now())).toBe(true);
    expect(world.room().members()).toMatchObject({ count: 1, members: [{ name: "bob" }] });
    expect(world.room().kick(ann?.uid ?? "", world.now())).toBe(false);
    world.pass(1_000);
    expect(world.last("bob", "presence")).toMatchObject({ leave: [{ name: "ann" }] });
    world.kill();
    world.enter("thief", { name: "ann" });
    expect(world.last("thief", "welcome")).toBeDefined();
  });

  it("knows when nobody is meant", () => {
    const world = fakeRoom();
    world.enter("ann");
    expect(world.room().kick("nobody", world.now())).toBe(false);
    expect(world.closes.size).toBe(0);
  });
});
