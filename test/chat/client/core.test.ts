import { describe, expect, it } from "vitest";
import { message, welcome } from "./frames.ts";
import { playCore } from "./play-core.ts";

describe("createCore", () => {
  it("asks for what came after the last message that it has when it comes back", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "batch", m: [message(1), message(2)] });
    chat.lose(1006);
    chat.pass(500);
    chat.connect(welcome({ recovered: true, seq: 4 }));
    expect(chat.frames().at(-1)).toMatchObject({ t: "hello", resume: { epoch: "e1", seq: 2 } });
    chat.hear({ t: "batch", m: [message(2), message(3), message(4)] });
    expect(chat.read()).toEqual([1, 2, 3, 4]);
  });

  it("resumes after no message at all", () => {
    const chat = playCore();
    chat.start();
    chat.lose(1006);
    chat.pass(500);
    chat.act((now) => chat.core.opened(now, chat.lastSocket()));
    expect(chat.frames().at(-1)).toMatchObject({ resume: { epoch: "e1", seq: 0 } });
  });

  it("reads pages of what it missed when it is too much to send, and holds what is new until then", () => {
    const chat = playCore();
    chat.start();
    chat.lose(1006);
    chat.pass(500);
    chat.connect(welcome({ seq: 150 }));
    chat.hear({ t: "msg", ...message(151) });
    expect(chat.frames().at(-1)).toEqual({ t: "history", id: "id1", after: 0, limit: 100 });
    const items = Array.from({ length: 100 }, (_, index) => message(index + 1));
    chat.hear({ t: "history", id: "id1", items, more: true });
    expect(chat.frames().findLast(({ t }) => t === "history")).toEqual({
      t: "history",
      id: "id2",
      after: 100,
      limit: 100,
    });
    chat.hear({
      t: "history",
      id: "id2",
      items: items.slice(0, 50).map(({ seq }) => message(seq + 100)),
      more: true,
    });
    expect(chat.read()).toEqual(Array.from({ length: 151 }, (_, index) => index + 1));
    expect(chat.ofType("gap")).toEqual([]);
  });

  it("tells of a gap when the log has no more of it, and goes on", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "gap", from: 1, to: 9 });
    chat.hear({ t: "history", id: "id1", items: [message(8), message(9), message(10)], more: false });
    expect(chat.ofType("gap")).toEqual([{ type: "gap", from: 1, to: 7 }]);
    expect(chat.read()).toEqual([8, 9]);
    chat.hear({ t: "msg", ...message(10) });
    expect(chat.read()).toEqual([8, 9, 10]);
  });

  it("goes on without what the room will not say, and says so", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "msg", ...message(3) });
    chat.hear({ t: "err", id: "id1", code: "bad-frame", message: "No", retryable: false });
    expect(chat.ofType("gap")).toEqual([{ type: "gap", from: 1, to: 2 }]);
    expect(chat.read()).toEqual([3]);
  });

  it("leaves out what is too much, and says so", () => {
    const chat = playCore({ mostMissing: 10, resume: { epoch: "e1", seq: 0 } });
    chat.act((now) => chat.core.start(now));
    chat.connect(welcome({ seq: 100 }));
    expect(chat.ofType("gap")).toEqual([{ type: "gap", from: 1, to: 90 }]);
    expect(chat.frames().at(-1)).toMatchObject({ t: "history", after: 90 });
  });

  it("finds a gap that nobody told it of", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "msg", ...message(3) });
    expect(chat.read()).toEqual([]);
    chat.hear({ t: "history", id: "id1", items: [message(1), message(2)], more: true });
    expect(chat.read()).toEqual([1, 2, 3]);
  });

  it("says that another log has begun", () => {
    const chat = playCore({ resume: { epoch: "e0", seq: 7 } });
    chat.act((now) => chat.core.start(now));
    chat.connect(welcome({ seq: 3 }));
    expect(chat.ofType("reset")).toEqual([{ type: "reset", position: { epoch: "e1", seq: 3 } }]);
    chat.hear({ t: "msg", ...message(4) });
    expect(chat.read()).toEqual([4]);
  });

  it("settles a send when `ok` comes, and sends it again under the same id after a loss", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.ask(now, { t: "send", id: "a", text: "hello" }));
    chat.lose(1006);
    chat.pass(500);
    chat.connect(welcome({ recovered: true }));
    const sends = chat.frames().filter(({ t }) => t === "send");
    expect(sends).toEqual([
      { t: "send", id: "a", text: "hello" },
      { t: "send", id: "a", text: "hello" },
    ]);
    chat.hear({ t: "ok", id: "a", seq: 1, ts: 5, dup: true });
    chat.hear({ t: "ok", id: "a", seq: 1, ts: 5, dup: true });
    expect(chat.effects.filter((effect) => effect.do === "settle")).toEqual([
      { do: "settle", id: "a", answer: { t: "done", value: { seq: 1, ts: 5 } } },
    ]);
  });

  it("saves a message before it sends it, and takes it out when it is stored", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.ask(now, { t: "send", id: "a", text: "hello" }));
    const [saved, sent] = chat.effects.slice(-2);
    expect(saved).toEqual({
      do: "save",
      saved: { cid: "secret", unsent: [{ id: "a", text: "hello", firstMs: 1_800_000_000_000 }] },
    });
    expect(sent?.do).toBe("transmit");
    chat.hear({ t: "ok", id: "a", seq: 1, ts: 5 });
    expect(chat.effects.at(-1)).toEqual({ do: "save", saved: { cid: "secret", unsent: [] } });
  });

  it("sends what was saved before a reload, under its old id", () => {
    const chat = playCore({ saved: { cid: "secret", unsent: [{ id: "old", text: "hello" }] } });
    chat.start();
    expect(chat.frames().at(-1)).toEqual({ t: "send", id: "old", text: "hello" });
    chat.hear({ t: "ok", id: "old", seq: 1, ts: 5 });
    expect(chat.ofType("sent")).toEqual([{ type: "sent", id: "old", seq: 1, ts: 5 }]);
  });

  it("fails a send that the room will never take, and leaves the others", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.ask(now, { t: "send", id: "a", text: "\u0000" }));
    chat.hear({ t: "err", id: "a", code: "bad-text", message: "Expected text", retryable: false });
    expect(chat.ofType("failed")).toMatchObject([{ id: "a", error: { code: "bad-text" } }]);
    expect(chat.core.state.name).toBe("live");
  });

  it("fails what the room would not read, for it could not say whose it was, and sends the rest", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.ask(now, { t: "send", id: "a", text: "€".repeat(2_730) }));
    chat.act((now) => chat.core.ask(now, { t: "nick", id: "b", name: "x".repeat(9_000) }));
    chat.act((now) => chat.core.ask(now, { t: "send", id: "c", text: "short" }));
    expect(chat.ofType("failed")).toMatchObject([{ id: "a", error: { code: "bad-frame" } }]);
    expect(chat.effects).toContainEqual(expect.objectContaining({ do: "settle", id: "b" }));
    expect(chat.frames().slice(1)).toEqual([{ t: "send", id: "c", text: "short" }]);
    expect(chat.effects.findLast((effect) => effect.do === "save")).toMatchObject({
      saved: { unsent: [{ id: "c" }] },
    });
  });

  it("acknowledges many messages at once, and a few after a while", () => {
    const chat = playCore();
    chat.start();
    const acks = () => chat.frames().filter(({ t }) => t === "ack");
    for (let seq = 1; seq <= 127; seq += 1) {
      chat.hear({ t: "msg", ...message(seq) });
      chat.act((now) => chat.core.taken(now, seq));
    }
    expect(acks()).toEqual([]);
    chat.hear({ t: "msg", ...message(128) });
    chat.act((now) => chat.core.taken(now, 128));
    expect(acks()).toEqual([{ t: "ack", seq: 128 }]);
    chat.hear({ t: "msg", ...message(129) });
    chat.act((now) => chat.core.taken(now, 129));
    chat.pass(9_999);
    expect(acks()).toHaveLength(1);
    chat.pass(1);
    expect(acks().at(-1)).toEqual({ t: "ack", seq: 129 });
  });

  it("acknowledges early what is large: messages when its user has taken them, all else when it comes", () => {
    const chat = playCore();
    chat.start();
    const acks = () => chat.frames().filter(({ t }) => t === "ack");
    for (let seq = 1; seq <= 20; seq += 1) chat.hear({ t: "msg", ...message(seq), text: "x".repeat(4_000) });
    expect(acks()).toEqual([]);
    chat.act((now) => chat.core.taken(now, 20));
    expect(acks()).toEqual([{ t: "ack", seq: 20 }]);
    const names = Array.from({ length: 100 }, (_, user) => ({ uid: `u${user}`, name: "x".repeat(800) }));
    chat.hear({ t: "presence", pv: 2, count: 100, join: names });
    expect(acks()).toEqual([
      { t: "ack", seq: 20 },
      { t: "ack", seq: 20 },
    ]);
  });

  it("asks who is here when a change tells that others went before it", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "presence", pv: 2, count: 2, join: [{ uid: "u2", name: "Bob" }] });
    expect(chat.frames().filter(({ t }) => t === "who")).toEqual([]);
    chat.hear({ t: "presence", pv: 4, count: 1, leave: [{ uid: "u2", name: "Bob" }] });
    chat.hear({ t: "presence", pv: 5, count: 3 });
    expect(chat.frames().filter(({ t }) => t === "who")).toHaveLength(2);
    chat.hear({ t: "who", id: "id2", members: [{ uid: "u3", name: "Cy" }], count: 1, pv: 5 });
    expect([...chat.core.roster.members.keys()]).toEqual(["u3"]);
  });

  it("says that it types now and then, and that it stopped at once", () => {
    const chat = playCore();
    chat.start();
    for (const on of [true, true, true, false, false]) chat.act((now) => chat.core.typing(now, on));
    expect(chat.frames().filter(({ t }) => t === "typing")).toEqual([
      { t: "typing", on: true },
      { t: "typing", on: false },
    ]);
  });

  it("says at once that it types again after something was said", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.typing(now, true));
    chat.act((now) => chat.core.ask(now, { t: "send", id: "a", text: "hello" }));
    chat.act((now) => chat.core.typing(now, true));
    expect(chat.frames().filter(({ t }) => t === "typing")).toHaveLength(2);
  });

  it("goes on after a frame that it does not understand", () => {
    const chat = playCore();
    chat.start();
    for (const odd of ["{", '{"t":"telepathy"}', '{"t":"msg","seq":"1"}']) chat.hear(odd);
    chat.hear({ t: "msg", ...message(1) });
    expect(chat.ofType("odd")).toHaveLength(3);
    expect(chat.read()).toEqual([1]);
  });
});
