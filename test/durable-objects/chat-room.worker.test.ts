import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { DEFAULT_SETTINGS, type RoomSettings } from "../../src/chat/settings.ts";
import { uidOf } from "../../src/chat/uid.ts";
import { CLOSE } from "../../src/chat/wire.ts";
import { openRooms } from "../../src/rooms.ts";
import { clientOf } from "../chat/socket-client.ts";

let count = 0;

/** Of the first build that kept rooms. */
const FIRST_TABLES = `
  CREATE TABLE messages (seq INTEGER PRIMARY KEY, uid TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, ts INTEGER NOT NULL);
  CREATE TABLE ids (uid TEXT, id TEXT, seq INTEGER NOT NULL, ts INTEGER NOT NULL, PRIMARY KEY (uid, id)) WITHOUT ROWID;
`;

/** A room that nobody has been in. */
function fresh(settings: Partial<RoomSettings> = {}) {
  const name = `test-${(count += 1)}`;
  // A stub is of no use any more when its object has been aborted.
  const reach = () =>
    openRooms(env.CHAT_ROOMS, env.CHAT_RELAYS, { ...DEFAULT_SETTINGS, flood: "off", ...settings })(name);
  const room = reach();
  const object = env.CHAT_ROOMS.getByName(name);
  const connect = async () => {
    const { webSocket } = await reach().connect(undefined);
    if (webSocket === null) throw new Error("Expected a WebSocket, got none");
    webSocket.accept();
    return clientOf(webSocket);
  };
  const enter = async (who: string, more: Parameters<ReturnType<typeof clientOf>["hello"]>[1] = {}) => {
    const client = await connect();
    client.hello(who, more);
    return { client, welcome: await client.next("welcome") };
  };
  return { name, room, object, connect, enter };
}

describe("ChatRoom", () => {
  it("brings everyone the same messages in the same order", async () => {
    const { enter } = fresh();
    const { client: ann } = await enter("ann");
    const { client: bob } = await enter("bob");
    for (let id = 0; id < 20; id += 1) {
      ann.say({ t: "send", id: `a${id}`, text: `ann ${id}` });
      bob.say({ t: "send", id: `b${id}`, text: `bob ${id}` });
    }
    await Promise.all([ann, bob].map(async (one) => await one.until(() => one.messages().length === 40)));
    expect(ann.messages()).toEqual(bob.messages());
    expect(ann.messages().map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it("stores what it says ok to", async () => {
    const { enter, room } = fresh();
    const { client } = await enter("ann");
    client.say({ t: "send", id: "1", text: "hello" });
    const { seq } = await client.next("ok");
    expect((await room.history({})).items).toMatchObject([{ seq, name: "ann", text: "hello" }]);
    expect(await room.members()).toMatchObject({ count: 1, members: [{ name: "ann" }] });
  });

  it("takes in whom a Worker sends that knew fewer settings", async () => {
    // As JSON has it, they are not there.
    const { enter } = fresh({ window: undefined as never, socketsPerTurn: undefined as never });
    const { client, welcome } = await enter("ann");
    expect(welcome).toMatchObject({ limits: { windowMessages: DEFAULT_SETTINGS.window.messages } });
    client.say({ t: "send", id: "1", text: "hello" });
    expect(await client.next("ok")).toMatchObject({ id: "1" });
  });

  it("handles a message after an eviction, with no one connecting again", async () => {
    const { enter, object, room } = fresh();
    const { client: ann } = await enter("ann");
    const { client: bob } = await enter("bob");
    ann.say({ t: "send", id: "1", text: "before" });
    await bob.until(() => bob.messages().length === 1);
    await evictDurableObject(object);
    ann.say({ t: "send", id: "2", text: "after" });
    await bob.until(() => bob.messages().length === 2);
    expect(bob.messages().map(({ seq, name, text }) => [seq, name, text])).toEqual([
      [1, "ann", "before"],
      [2, "ann", "after"],
    ]);
    expect((await room.members()).count).toBe(2);
  });

  it("knows who has left when it is woken by their leaving", async () => {
    const { enter, object, room } = fresh({ graceMs: 0 });
    const { client: ann } = await enter("ann");
    const { client: bob } = await enter("bob");
    await evictDurableObject(object);
    bob.close(1000);
    await bob.closed;
    await ann.until(() => ann.frames.some((frame) => frame.t === "presence" && frame.leave !== undefined));
    expect(await room.members()).toMatchObject({ count: 1, members: [{ name: "ann" }] });
  });

  it("leaves nothing with the socket of one who was sent away, who may never answer and be here when it wakes", async () => {
    const { enter, object } = fresh();
    const { welcome } = await enter("ann");
    const left = await runInDurableObject(object, (room, state) => {
      const [socket] = state.getWebSockets();
      const before: unknown = socket?.deserializeAttachment();
      room.kick(welcome.uid);
      return [before, socket?.deserializeAttachment() as unknown];
    });
    expect(left).toEqual([expect.objectContaining({ uid: welcome.uid }), null]);
  });

  it("resumes after an eviction that took every socket, even after no messages at all", async () => {
    const { enter, object } = fresh();
    const first = await enter("ann");
    await evictDurableObject(object, { webSockets: "close" });
    const again = await enter("ann", { resume: { epoch: first.welcome.epoch, seq: 0 } });
    expect(again.welcome).toMatchObject({
      epoch: first.welcome.epoch,
      uid: first.welcome.uid,
      recovered: true,
    });
    again.client.say({ t: "send", id: "1", text: "one" });
    await again.client.next("ok");
    await evictDurableObject(object, { webSockets: "close" });
    const third = await enter("ann", { resume: { epoch: first.welcome.epoch, seq: 0 } });
    await third.client.until(() => third.client.messages().length === 1);
    third.client.say({ t: "send", id: "1", text: "one" });
    expect(await third.client.next("ok")).toMatchObject({ seq: 1, dup: true });
  });

  it("lets nobody take the name of one who was here when every socket was lost", async () => {
    const { enter, connect, object } = fresh();
    const before = await enter("ann");
    await evictDurableObject(object, { webSockets: "close" });
    const thief = await connect();
    thief.hello("Ann", { cid: "somebody-else-entirely" });
    expect(await thief.closed).toBe(CLOSE.name);
    const after = await enter("ann");
    expect(after.welcome).toMatchObject({ uid: before.welcome.uid, count: 1 });
  });

  it("takes up a room as the first build of all has stored it", async () => {
    const { enter, object, room } = fresh();
    const ghost = { uid: "u9", name: "ghost", goneAtMs: Date.now() + 60_000 };
    const cid = "a-cid-that-is-long-enough";
    const uid = uidOf("first-epoch", cid);
    await runInDurableObject(object, (_, { storage: { kv, sql } }) => {
      const ts = Date.now() - 1_000;
      sql.exec(FIRST_TABLES);
      sql.exec(
        "INSERT INTO messages VALUES (3, ?, 'ann', 'three', ?), (4, ?, 'ann', 'four', ?)",
        uid,
        ts,
        uid,
        ts,
      );
      sql.exec("INSERT INTO ids VALUES (?, 'i3', 3, ?), (?, 'i4', 4, ?)", uid, ts, uid, ts);
      kv.put("epoch", "first-epoch");
      kv.put("last", 2);
      kv.put("presence", { pv: 7, ghosts: [ghost] });
      kv.put("settings", { limits: { textBytes: 4_096 }, graceMs: 10_000 });
    });
    expect(await room.members()).toMatchObject({ count: 1, members: [{ name: "ghost" }] });
    expect((await room.history({})).items.map(({ text }) => text)).toEqual(["three", "four"]);
    const { client, welcome } = await enter("ann", { cid, resume: { epoch: "first-epoch", seq: 3 } });
    expect(welcome).toMatchObject({ uid, epoch: "first-epoch", seq: 4, recovered: true, count: 2 });
    expect(welcome.pv).toBeGreaterThanOrEqual(7);
    await client.until(() => client.messages().length === 1);
    client.say({ t: "send", id: "i4", text: "four" });
    expect(await client.next("ok")).toMatchObject({ id: "i4", seq: 4, dup: true });
    client.say({ t: "send", id: "i5", text: "five" });
    await client.until(() => client.frames.some((frame) => frame.t === "ok" && frame.seq === 5));
    const thief = await enter("bob", { cid: "somebody-else-entirely" });
    thief.client.say({ t: "nick", id: "n", name: "Ghost" });
    expect(await thief.client.next("err")).toMatchObject({ code: "name-taken" });
  });

  it("shows nobody what the settings of now do not keep, though nobody has entered since they were other ones", async () => {
    const dayMs = 86_400_000;
    const { object, room } = fresh({ retention: { messages: 1_000, ageMs: dayMs } });
    await runInDurableObject(object, (_, { storage: { kv, sql } }) => {
      sql.exec(FIRST_TABLES);
      for (const [seq, days] of [
        [1, 3],
        [2, 2],
        [3, 0.5],
      ] as const) {
        sql.exec("INSERT INTO messages VALUES (?, 'u', 'ann', 'text', ?)", seq, Date.now() - days * dayMs);
      }
      kv.put("epoch", "e");
      kv.put("settings", { ...DEFAULT_SETTINGS, retention: { messages: 1_000, ageMs: 30 * dayMs } });
    });
    expect((await room.history({})).items.map(({ seq }) => seq)).toEqual([3]);
  });

  it("splits while people talk: one order, one presence, unique names", async () => {
    const { enter, connect, room } = fresh({ split: { sockets: 2, relaySockets: 3 } });
    const entered = [];
    for (let index = 0; index < 7; index += 1) entered.push(await enter(`user${index}`));
    const clients = entered.map(({ client }) => client);
    expect(await room.members()).toMatchObject({ count: 7 });
    for (const [index, client] of clients.entries()) {
      for (let id = 0; id < 5; id += 1) client.say({ t: "send", id: `${id}`, text: `${index}/${id}` });
    }
    await Promise.all(clients.map(async (one) => await one.until(() => one.messages().length === 35)));
    for (const client of clients) {
      await client.next("ok");
      const own = client.messages();
      expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
    }
    clients[6]?.say({ t: "history", id: "h", limit: 3 });
    expect((await clients[6]?.next("history"))?.items).toHaveLength(3);
    clients[6]?.say({ t: "who", id: "w" });
    expect(await clients[6]?.next("who")).toMatchObject({ count: 7 });
    const other = await connect();
    other.hello("user0", { cid: "somebody-else-entirely" });
    expect(await other.closed).toBe(CLOSE.name);
    // Who comes and goes between two frames is never told of.
    await clients[0]?.until(
      () => clients[0]?.frames.some((frame) => frame.t === "presence" && frame.count === 7) ?? false,
    );
    clients[6]?.say({ t: "leave" });
    expect(await clients[6]?.closed).toBe(1000);
    await clients[0]?.until(
      () => clients[0]?.frames.some((frame) => frame.t === "presence" && frame.leave?.length === 1) ?? false,
    );
  });

  it("loses nothing of those at relays when the room is killed: they are moved, and resume", async () => {
    const { enter, object } = fresh({ split: { sockets: 1, relaySockets: 3 } });
    const { client: ann } = await enter("ann");
    const { client: bob, welcome } = await enter("bob");
    ann.say({ t: "send", id: "1", text: "one" });
    await bob.until(() => bob.messages().length === 1);
    await runInDurableObject(object, (_, state) => state.abort()).catch(() => undefined);
    bob.say({ t: "send", id: "b", text: "two" });
    expect(await bob.closed).toBe(CLOSE.moved);
    const again = await enter("bob", { resume: { epoch: welcome.epoch, seq: 1 } });
    expect(again.welcome).toMatchObject({ recovered: true });
    again.client.say({ t: "send", id: "b", text: "two" });
    expect(await again.client.next("ok")).toMatchObject({ seq: 2 });
  });

  it("lets a relay sleep when nobody is there, though the platform lists sockets that never answered", async () => {
    const { enter, name } = fresh({ split: { sockets: 1, relaySockets: 3 }, silentMs: 600_000 });
    await enter("ann");
    const { client: bob } = await enter("bob");
    const relay = env.CHAT_RELAYS.getByName(`${name}#1`);
    const nextMs = async () =>
      await runInDurableObject(relay, async (_, { storage }) => await storage.getAlarm());
    await runDurableObjectAlarm(relay);
    expect(await nextMs()).toBeGreaterThan(Date.now());
    const dead = await runInDurableObject(relay, (_, state) => state.getWebSockets());
    bob.say({ t: "leave" });
    expect(await bob.closed).toBe(1000);
    await runInDurableObject(relay, (_, state) => vi.spyOn(state, "getWebSockets").mockReturnValue(dead));
    // What it has yet to tell its room, it tells.
    await expect
      .poll(async () => await runDurableObjectAlarm(relay).then(nextMs), { timeout: 10_000 })
      .toBeNull();
  });

  it("takes a ticket once", async () => {
    const { room, object } = fresh();
    const expiresMs = Date.now() + 60_000;
    expect(await room.useTicket("t", expiresMs)).toBe(true);
    expect(await room.useTicket("t", expiresMs)).toBe(false);
    await evictDurableObject(object);
    expect(await room.useTicket("t", expiresMs)).toBe(false);
    expect(await room.useTicket("other", Date.now() - 1)).toBe(true);
    await room.useTicket("third", expiresMs);
    const kept = await runInDurableObject(object, (_, { storage }) => [
      ...storage.kv.list({ prefix: "ticket:" }),
    ]);
    expect(kept.map(([key]) => key)).toEqual([`ticket:${expiresMs}:t`, `ticket:${expiresMs}:third`]);
  });

  it("keeps nothing for a room that is only read", async () => {
    const { room, object } = fresh();
    expect(await room.history({})).toEqual({ items: [], more: false });
    expect(await room.members()).toEqual({ members: [], count: 0 });
    expect(await runInDurableObject(object, (_, { storage }) => [...storage.kv.list()])).toEqual([]);
  });

  it("closes binary frames, wrong versions and wrong names with their codes, and goes on", async () => {
    const { connect, enter } = fresh();
    const { client: ann } = await enter("ann");
    const binary = await connect();
    binary.raw(new ArrayBuffer(4));
    expect(await binary.closed).toBe(CLOSE.protocol);
    const version = await connect();
    version.raw(JSON.stringify({ t: "hello", v: 2, name: "x", cid: "x".repeat(16) }));
    expect(await version.closed).toBe(CLOSE.version);
    const name = await connect();
    name.hello("ann", { cid: "somebody-else-entirely" });
    expect(await name.closed).toBe(CLOSE.name);
    expect(await name.next("err")).toMatchObject({ code: "name-taken" });
    ann.say({ t: "send", id: "1", text: "still here" });
    await ann.next("ok");
  });

  it("answers the end of a connection, and lets the user go when the grace is over", async () => {
    const { enter } = fresh({ graceMs: 50 });
    const { client: ann } = await enter("ann");
    const { client: bob } = await enter("bob");
    await ann.until(() => ann.frames.some((frame) => frame.t === "presence" && frame.count === 2));
    bob.close(1000);
    expect(await bob.closed).toBe(1000);
    await ann.until(() =>
      ann.frames.some((frame) => frame.t === "presence" && frame.leave?.[0]?.name === "bob"),
    );
  });

  it("hibernates while nothing happens, and is woken to let the silent go", async () => {
    // The runtime takes ten to twenty seconds to put an idle object to sleep.
    const { enter, object } = fresh({ silentMs: 25_000 });
    const { client } = await enter("ann");
    const instance = await runInDurableObject(object, (one) => one);
    expect(await client.closed).toBe(CLOSE.restart);
    expect(await client.next("bye")).toMatchObject({ reconnect: true });
    expect(await runInDurableObject(object, (one) => one === instance)).toBe(false);
  }, 90_000);

  it("says what could not be stored, to its sender and in the log, and stores it when it is said again", async () => {
    using log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { enter, object, name } = fresh();
    const { client } = await enter("ann");
    const triggerOf = async (statement: string) =>
      await runInDurableObject(object, (_, { storage }) => void storage.sql.exec(statement));
    await triggerOf(
      "CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    client.say({ t: "send", id: "1", text: "x" });
    expect(await client.next("err")).toMatchObject({ id: "1", code: "unavailable", retryable: true });
    expect(JSON.parse(String(log.mock.lastCall?.[0]))).toMatchObject({
      event: "room-log-failed",
      room: name,
      error: { message: expect.stringContaining("disk full") as string },
    });
    await triggerOf("DROP TRIGGER full");
    client.say({ t: "send", id: "1", text: "x" });
    expect(await client.next("ok")).toMatchObject({ id: "1", seq: 1 });
  });

  it("says which room an alarm failed in, and sets another", async () => {
    using log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { enter, object, name } = fresh();
    await enter("ann");
    await runInDurableObject(object, async (_, { storage }) => await storage.setAlarm(Date.now() + 60_000));
    await evictDurableObject(object);
    await runInDurableObject(
      object,
      (_, { storage }) => void storage.sql.exec("ALTER TABLE messages RENAME TO m"),
    );
    await runDurableObjectAlarm(object);
    expect(JSON.parse(String(log.mock.lastCall?.[0]))).toMatchObject({
      event: "room-alarm-failed",
      room: name,
    });
    const nextMs = await runInDurableObject(object, async (_, { storage }) => await storage.getAlarm());
    expect(nextMs).toBeGreaterThan(Date.now());
  });

  it("goes on after a timer that failed, by an alarm, and says in which room", async () => {
    using log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { enter, object, name } = fresh({ silentMs: 500 });
    const { client } = await enter("ann");
    // A timer looks who is silent.
    await runInDurableObject(object, (_, state) =>
      vi.spyOn(state, "getWebSocketAutoResponseTimestamp").mockImplementationOnce(() => {
        throw new Error("no such socket");
      }),
    );
    await vi.waitUntil(() => log.mock.calls.length > 0, 5_000);
    expect(JSON.parse(String(log.mock.lastCall?.[0]))).toMatchObject({
      event: "room-timer-failed",
      room: name,
    });
    const nextMs = await runInDurableObject(object, async (_, { storage }) => await storage.getAlarm());
    expect(nextMs).toBeGreaterThan(Date.now() + 30_000);
    client.say({ t: "who", id: "1" });
    expect(await client.next("who")).toMatchObject({ count: 1 });
  });

  it("has relays that go on after an alarm that failed, and say whose they are", async () => {
    using log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { enter, name } = fresh({ split: { sockets: 1, relaySockets: 3 }, silentMs: 500 });
    await enter("ann");
    const { client: bob } = await enter("bob");
    const relay = env.CHAT_RELAYS.getByName(`${name}#1`);
    await runInDurableObject(relay, (_, state) =>
      vi.spyOn(state, "getWebSocketAutoResponseTimestamp").mockImplementation(() => {
        throw new Error("no such socket");
      }),
    );
    await vi.waitUntil(() => log.mock.calls.length > 0, 5_000);
    await runDurableObjectAlarm(relay);
    expect(log.mock.calls.map(([line]) => JSON.parse(String(line)) as object)).toEqual([
      expect.objectContaining({ event: "relay-timer-failed", room: name, relay: 1 }),
      expect.objectContaining({ event: "relay-alarm-failed", room: name, relay: 1 }),
    ]);
    vi.restoreAllMocks();
    await runDurableObjectAlarm(relay);
    expect(await bob.closed).toBe(CLOSE.restart);
  });

  it("answers heartbeats without the room", async () => {
    const { enter, object } = fresh();
    const { client } = await enter("ann");
    await evictDurableObject(object);
    client.raw('{"t":"ping"}');
    await client.until(() => client.frames.some((frame) => (frame.t as string) === "pong"));
    // Still out of memory: evicting what does not run is refused.
    await expect(evictDurableObject(object)).rejects.toThrow("not currently running");
  });
});
