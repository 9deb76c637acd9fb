import { describe, expect, it } from "vitest";
import { VirtualClock } from "#kernel";
import {
  type Chat,
  type ChatEvent,
  type ChatOptions,
  connectChat,
  webStorage,
} from "../../../src/chat/client.ts";
import { fakeSockets } from "./fake-socket.ts";
import { message, welcome } from "./frames.ts";

/** A client whose room is the test. */
async function enter(options: Partial<ChatOptions> = {}) {
  const clock = new VirtualClock();
  const { sockets, WebSocket } = fakeSockets();
  const events: ChatEvent[] = [];
  const chat: Chat = connectChat({
    url: "ws://room",
    name: "Ada",
    clock,
    WebSocket,
    random: () => 0.5,
    wallNow: () => 1_800_000_000_000,
    onEvent: (event) => events.push(event),
    ...options,
  });
  await clock.advance(0);
  const last = () => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("Expected a socket, and there is none");
    return socket;
  };
  const open = () => {
    last().open();
    last().say(welcome());
  };
  return { chat, clock, events, last, open, sockets };
}

/** The id of the last frame that was sent. */
const lastId = (socket: ReturnType<typeof fakeSockets>["sockets"][number]) => {
  const frame = socket.frames().at(-1);
  return frame !== undefined && "id" in frame ? frame.id : "";
};

/** A browser's storage. */
function fakeStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

describe("connectChat", () => {
  it("opens a socket with the room's protocol, and is live when it is welcome", async () => {
    const { chat, last, open } = await enter();
    expect(chat.state.name).toBe("connecting");
    expect(last()).toMatchObject({ url: "ws://room", protocols: ["chat.v1"] });
    open();
    expect(chat).toMatchObject({ state: { name: "live" }, uid: "u1", name: "Ada", count: 1 });
  });

  it("fetches an address for every connection", async () => {
    let tickets = 0;
    const { clock, last, sockets } = await enter({ url: async () => `ws://room?ticket=${(tickets += 1)}` });
    last().end(1006);
    await clock.advance(1_000);
    expect(sockets.map(({ url }) => url)).toEqual(["ws://room?ticket=1", "ws://room?ticket=2"]);
  });

  it("tries again when no address is to be had", async () => {
    let tries = 0;
    const url = async () => {
      tries += 1;
      if (tries === 1) throw new Error("No ticket today");
      return "ws://room";
    };
    const { chat, clock, sockets } = await enter({ url });
    expect(chat.state.name).toBe("waiting");
    await clock.advance(1_000);
    expect(sockets).toHaveLength(1);
  });

  it("resolves a send when the room has stored it", async () => {
    const { chat, last, open } = await enter();
    open();
    const sending = chat.send("hello");
    last().say({ t: "ok", id: lastId(last()), seq: 7, ts: 8 });
    await expect(sending).resolves.toEqual({ seq: 7, ts: 8 });
  });

  it("answers questions with what the room says", async () => {
    const { chat, last, open } = await enter();
    open();
    const page = chat.history({ before: 5, limit: 1 });
    expect(last().frames().at(-1)).toMatchObject({ t: "history", before: 5, limit: 1 });
    last().say({ t: "history", id: lastId(last()), items: [message(4)], more: true });
    expect(await page).toEqual({ items: [message(4)], more: true });
    const present = chat.who();
    last().say({ t: "who", id: lastId(last()), members: [], count: 0, pv: 1 });
    expect(await present).toEqual({ members: [], count: 0 });
    const name = chat.rename("Grace");
    last().say({ t: "named", id: lastId(last()), name: "Grace" });
    expect(await name).toBe("Grace");
  });

  it("rejects what the room refuses, with its code", async () => {
    const { chat, last, open } = await enter();
    open();
    const sending = chat.send("");
    last().say({
      t: "err",
      id: lastId(last()),
      code: "bad-text",
      message: "Expected some",
      retryable: false,
    });
    await expect(sending).rejects.toMatchObject({ name: "ChatError", code: "bad-text" });
  });

  it("stops waiting when it is told to", async () => {
    const { chat, last } = await enter();
    const leaving = new AbortController();
    const sending = chat.send("hello", leaving.signal);
    leaving.abort(new Error("Never mind"));
    await expect(sending).rejects.toThrow("Never mind");
    last().open();
    last().say(welcome());
    expect(
      last()
        .frames()
        .map(({ t }) => t),
    ).toEqual(["hello"]);
  });

  it("brings every event to each reader, in order, and ends when it is closed", async () => {
    const { chat, last, open } = await enter();
    const reading = (async () => {
      const seen: string[] = [];
      for await (const event of chat) seen.push(event.type === "state" ? event.state.name : event.type);
      return seen;
    })();
    open();
    last().say({ t: "msg", ...message(1) });
    await chat.close();
    expect(await reading).toEqual(["greeting", "welcome", "presence", "live", "message", "ended"]);
  });

  it("does not acknowledge what a reader has not come for", async () => {
    const { chat, clock, last, open } = await enter();
    const reader = chat[Symbol.asyncIterator]();
    open();
    last().say({ t: "batch", m: [message(1), message(2)] });
    for (let event = await reader.next(); event.value?.type !== "message"; event = await reader.next());
    await clock.advance(10_000);
    expect(last().frames().at(-1)).toEqual({ t: "ack", seq: 1 });
    await reader.return?.();
    await clock.advance(10_000);
    expect(last().frames().at(-1)).toEqual({ t: "ack", seq: 2 });
  });

  it("lets a listener send at once, after what it heard", async () => {
    const heard: number[] = [];
    const chat: { current?: Chat } = {};
    const {
      chat: made,
      last,
      open,
    } = await enter({
      onEvent(event) {
        if (event.type !== "message") return;
        heard.push(event.message.seq);
        chat.current?.send(`echo ${event.message.seq}`).catch(() => undefined); // the test closes nothing
      },
    });
    chat.current = made;
    open();
    last().say({ t: "batch", m: [message(1), message(2)] });
    expect(heard).toEqual([1, 2]);
    expect(
      last()
        .frames()
        .flatMap((frame) => (frame.t === "send" ? [frame.text] : [])),
    ).toEqual(["echo 1", "echo 2"]);
  });

  it("takes up after a reload what was not sent, as who it was", async () => {
    const storage = fakeStorage();
    const before = await enter({ storage: webStorage(storage, "chat") });
    before.open();
    const sending = before.chat.send("hello");
    const [hello, send] = before.last().frames();
    const after = await enter({ storage: webStorage(storage, "chat") });
    after.open();
    expect(after.last().frames()).toEqual([hello, send]);
    after.last().say({ t: "ok", id: lastId(after.last()), seq: 1, ts: 2, dup: true });
    expect(after.events.at(-1)).toMatchObject({ type: "sent", seq: 1 });
    expect(JSON.parse(storage.items.get("chat") ?? "")).toMatchObject({ unsent: [] });
    await before.chat.close();
    await expect(sending).rejects.toMatchObject({ code: "ended" });
  });

  it("goes on without a storage that is full", async () => {
    const storage = { load: () => undefined, save: () => undefined as void };
    const { chat, events, last, open } = await enter({ storage });
    open();
    storage.save = () => {
      throw new Error("QuotaExceededError");
    };
    const sending = chat.send("hello");
    last().say({ t: "ok", id: lastId(last()), seq: 1, ts: 2 });
    await expect(sending).resolves.toMatchObject({ seq: 1 });
    expect(events.find(({ type }) => type === "complaint")).toMatchObject({ code: "storage" });
  });

  it("enters a room though the storage is full already", async () => {
    const save = () => {
      throw new Error("QuotaExceededError");
    };
    const { chat, events, open } = await enter({ storage: { load: () => undefined, save } });
    open();
    expect(chat.state.name).toBe("live");
    expect(events[0]).toMatchObject({ type: "complaint", code: "storage" });
  });

  it("keeps over a reload what two tabs with one storage have not sent, and no more", async () => {
    const storage = fakeStorage();
    const tab = async () => await enter({ storage: webStorage(storage, "chat") });
    const unsent = () =>
      (JSON.parse(storage.items.get("chat") ?? "") as { unsent: { text: string }[] }).unsent.map(
        ({ text }) => text,
      );
    const [one, other] = [await tab(), await tab()];
    void one.chat.send("one").catch(() => undefined); // the test closes nothing
    void other.chat.send("other").catch(() => undefined);
    expect(unsent()).toEqual(["one", "other"]);
    one.open();
    one.last().say({ t: "ok", id: lastId(one.last()), seq: 1, ts: 2 });
    expect(unsent()).toEqual(["other"]);
    other.open();
    other.last().say({ t: "ok", id: lastId(other.last()), seq: 2, ts: 2 });
    expect(unsent()).toEqual([]);
  });

  it("leaves when its block ends, and rejects what it is asked then", async () => {
    const { chat, clock, last, open } = await enter();
    {
      await using inside = chat;
      open();
      expect(inside.state.name).toBe("live");
    }
    expect(last().frames().at(-1)).toEqual({ t: "leave" });
    expect(last().isClosed).toBe(true);
    expect(clock.pending).toBe(0);
    await expect(chat.send("too late")).rejects.toMatchObject({ code: "ended" });
  });
});

describe("webStorage", () => {
  it.each([
    ["nothing", undefined],
    ["no JSON", "{"],
    ["something else", '"text"'],
    ["no secret", '{"unsent":[]}'],
    ["odd messages", '{"cid":"c","unsent":[{"id":1}]}'],
  ])("begins anew with %s", (_, value) => {
    const storage = fakeStorage();
    if (value !== undefined) storage.setItem("chat", value);
    expect(webStorage(storage, "chat").load()).toBeUndefined();
  });

  it("does not take over what somebody else has not sent", () => {
    const storage = fakeStorage();
    const theirs = { cid: "theirs", unsent: [{ id: "1", text: "theirs" }] };
    const own = { cid: "own", unsent: [] };
    webStorage(storage, "chat").save(theirs);
    webStorage(storage, "chat").save(own);
    expect(webStorage(storage, "chat").load()).toEqual(own);
  });
});
