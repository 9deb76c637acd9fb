import { describe, expect, it } from "vitest";
import { LINK_VERSION, type UpOp } from "../../src/chat/link.ts";
import { VERSION } from "../../src/chat/wire.ts";
import { cidOf, fakeRoom } from "./fake-room.ts";

const split = { sockets: 1, relaySockets: 10 };

function enter(conn: number): readonly UpOp[] {
  const name = `user${conn}`;
  const frame = { t: "hello", v: VERSION, name, cid: cidOf(name) } as const;
  return [
    { do: "open", conn },
    { do: "heard", conn, parsed: { ok: true, frame } },
  ];
}

/** A room and relays that take every call. */
function splitRoom(relays: number) {
  const world = fakeRoom({ split, flood: "off" });
  const settle = () => {
    for (let call = world.calls.shift(); call !== undefined; call = world.calls.shift()) {
      world.room().delivered(call, { room: call.room, isTaken: true }, world.now());
    }
  };
  for (let relay = 1; relay <= relays; relay += 1) {
    world
      .room()
      .forward({ version: LINK_VERSION, relay, life: 1, room: 0, n: 1, ops: enter(relay) }, world.now());
  }
  settle();
  world.pass(1_000);
  settle();
  world.pass(3_000);
  settle();
  return { world, settle };
}

const say = (id: string, conn: number): UpOp => ({
  do: "heard",
  conn,
  parsed: { ok: true, frame: { t: "send", id, text: id } },
});

describe("a room with relays", () => {
  it("calls each relay once for a message", () => {
    const { world } = splitRoom(3);
    world
      .room()
      .forward({ version: LINK_VERSION, relay: 1, life: 1, room: 1, n: 2, ops: [say("a", 1)] }, world.now());
    expect(world.calls.map(({ relay }) => relay)).toEqual([1, 2, 3]);
  });

  it("calls each relay twice for a hundred messages that come while a call is under way", () => {
    const { world, settle } = splitRoom(3);
    let calls = 0;
    for (let n = 2; n <= 101; n += 1) {
      world
        .room()
        .forward(
          { version: LINK_VERSION, relay: 1, life: 1, room: 1, n, ops: [say(String(n), 1)] },
          world.now(),
        );
    }
    calls += world.calls.length;
    const first = world.calls.splice(0);
    for (const call of first) world.room().delivered(call, { room: 1, isTaken: true }, world.now());
    world.pass(0);
    calls += world.calls.length;
    settle();
    expect(world.log.last()).toBe(100);
    expect(calls).toBe(6);
  });

  it("takes a batch once, and none of an earlier life", () => {
    const { world } = splitRoom(1);
    const call = { version: LINK_VERSION, relay: 1, life: 1, room: 1, n: 2, ops: [say("a", 1)] };
    expect(world.room().forward(call, world.now())).toEqual({ room: 1, isTaken: true });
    expect(world.room().forward(call, world.now())).toEqual({ room: 1, isTaken: true });
    expect(world.log.last()).toBe(1);
    expect(world.room().forward({ ...call, room: 7, n: 3 }, world.now()).isTaken).toBe(false);
    expect(world.room().forward({ ...call, life: 0, n: 3 }, world.now()).isTaken).toBe(false);
  });

  it("takes no batch that leaves one out, and gives up who is there", () => {
    const { world } = splitRoom(1);
    world.enter("ann");
    const call = { version: LINK_VERSION, relay: 1, life: 1, room: 1, n: 3, ops: [say("a", 1)] };
    expect(world.room().forward(call, world.now()).isTaken).toBe(false);
    expect(world.log.last()).toBe(0);
    world.pass(30_000);
    expect(
      world
        .room()
        .members()
        .members.map(({ name }) => name),
    ).toEqual(["ann"]);
  });

  it("hears of a relay first by its first batch", () => {
    const { world } = splitRoom(1);
    expect(
      world
        .room()
        .forward({ version: LINK_VERSION, relay: 2, life: 1, room: 0, n: 2, ops: enter(2) }, world.now())
        .isTaken,
    ).toBe(false);
    expect(world.room().members().count).toBe(1);
  });

  it("takes nothing of a relay that speaks otherwise, and says so: its clients come back until both are the same", () => {
    const world = fakeRoom({ split });
    const call = { version: LINK_VERSION, relay: 1, life: 1, room: 0, n: 1, ops: enter(1) };
    for (const version of [LINK_VERSION + 1, undefined as never]) {
      expect(world.room().forward({ ...call, version }, world.now()).isTaken).toBe(false);
    }
    expect(world.room().members().count).toBe(0);
    expect(world.room().forward(call, world.now()).isTaken).toBe(true);
    expect(world.room().members().count).toBe(1);
  });

  it("does not take an answer of a relay's earlier life for one of the present", () => {
    const { world, settle } = splitRoom(1);
    world
      .room()
      .forward({ version: LINK_VERSION, relay: 1, life: 2, room: 0, n: 1, ops: enter(7) }, world.now());
    const [call] = world.calls.splice(0);
    world
      .room()
      .delivered(
        { version: LINK_VERSION, relay: 1, life: 1, room: 1, n: 1, ops: [] },
        { room: 1, isTaken: true },
        world.now(),
      );
    world
      .room()
      .forward({ version: LINK_VERSION, relay: 1, life: 2, room: 1, n: 2, ops: [say("a", 7)] }, world.now());
    expect(world.calls).toEqual([]);
    if (call !== undefined) world.room().delivered(call, { room: 1, isTaken: true }, world.now());
    expect(world.calls).toHaveLength(1);
    settle();
  });

  it("lets those of a silent relay go after their grace", () => {
    const { world } = splitRoom(1);
    world.enter("ann");
    expect(world.room().members().count).toBe(2);
    world.pass(32_000);
    expect(world.room().members().count).toBe(1);
  });

  it("sends those who come to a relay when it has no place, and to the next when that is full", () => {
    const world = fakeRoom({ split: { sockets: 1, relaySockets: 2 } });
    expect(world.room().place(world.now())).toBe("here");
    world.enter("ann");
    expect([1, 2, 3].map(() => world.room().place(world.now()))).toEqual([1, 1, 2]);
  });
});
