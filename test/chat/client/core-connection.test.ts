import { describe, expect, it } from "vitest";
import { PING, PONG } from "../../../src/chat/wire.ts";
import { message, welcome } from "./frames.ts";
import { playCore } from "./play-core.ts";

describe("createCore, and its connections", () => {
  it("goes from offline to live, and says hello first", () => {
    const chat = playCore();
    expect(chat.core.state.name).toBe("offline");
    chat.start();
    expect(chat.states()).toEqual(["connecting", "greeting", "live"]);
    expect(chat.frames()).toEqual([{ t: "hello", v: 1, name: "Ada", cid: "secret" }]);
    expect(chat.core.position).toEqual({ epoch: "e1", seq: 0 });
  });

  it("pings every 25 s, more or less, byte for byte, for as long as it is answered", () => {
    const chat = playCore();
    chat.start();
    const times: number[] = [];
    for (let count = 0; count < 10; count += 1) {
      while (chat.sent().filter((data) => data === PING).length === times.length) chat.pass(100);
      times.push(chat.now());
      chat.hear(PONG);
    }
    expect(times).toEqual(Array.from({ length: 10 }, (_, index) => 25_000 * (index + 1)));
  });

  it.each([
    [0, 20_000],
    [1, 30_000],
  ])("spreads its pings by a fifth: with luck %d the first goes after %i ms", (random, ms) => {
    const chat = playCore({ random: () => random });
    chat.start();
    chat.pass(ms - 1);
    expect(chat.sent()).not.toContain(PING);
    chat.pass(1);
    expect(chat.sent()).toContain(PING);
  });

  it("hangs up after 75 s of silence, and comes back", () => {
    const chat = playCore();
    chat.start();
    chat.pass(74_999);
    expect(chat.core.state.name).toBe("live");
    chat.pass(1);
    expect(chat.core.state.name).toBe("waiting");
    expect(chat.effects.filter((effect) => effect.do === "disconnect")).toHaveLength(1);
    chat.pass(1_000);
    expect(chat.core.state.name).toBe("connecting");
  });

  it.each([
    ["a socket that does not open", false, 15_000],
    ["a room that does not answer hello", true, 10_000],
  ])("gives up on %s", (_, opens, ms) => {
    const chat = playCore();
    chat.act((now) => chat.core.start(now));
    if (opens) chat.act((now) => chat.core.opened(now, chat.lastSocket()));
    chat.pass(ms - 1);
    expect(chat.core.state.name).toBe(opens ? "greeting" : "connecting");
    chat.pass(1);
    expect(chat.core.state.name).toBe("waiting");
  });

  it("ends when the room says so, with its reason, and fails what waits", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.ask(now, { t: "who", id: "w" }));
    chat.hear({ t: "err", code: "name-taken", message: "Somebody has that name", retryable: false });
    chat.hear({ t: "bye", code: 4004, reconnect: false, afterMs: 0 });
    expect(chat.core.state).toEqual({ name: "ended", code: 4004, reason: "Somebody has that name" });
    expect(chat.effects.filter((effect) => effect.do === "settle")).toMatchObject([
      { id: "w", answer: { t: "failed", error: { code: "ended" } } },
    ]);
    expect(chat.core.dueMs).toBe(Infinity);
  });

  it("takes nothing for the reason that the room had said of something else", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "err", id: "n", code: "name-taken", message: "Somebody has that name", retryable: false });
    chat.hear({ t: "presence", pv: 2, count: 1 });
    chat.hear({ t: "bye", code: 4002, reconnect: false, afterMs: 0 });
    expect(chat.core.state).toEqual({ name: "ended", code: 4002, reason: "" });
  });

  it("stays away for as long as a room asks that closes it", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "bye", code: 4100, reconnect: true, afterMs: 30_000 });
    chat.pass(29_999);
    expect(chat.core.state.name).toBe("waiting");
    chat.pass(4_000);
    expect(chat.core.state.name).toBe("connecting");
  });

  it("does not wait when it is told that the network is back", () => {
    const chat = playCore();
    chat.start();
    chat.lose(1006);
    chat.act((now) => chat.core.hurry(now));
    expect(chat.core.state.name).toBe("connecting");
  });

  it("waits for as long as the room has asked, whatever it is told of the network", () => {
    const chat = playCore();
    chat.start();
    chat.hear({ t: "bye", code: 4102, reconnect: true, afterMs: 10_000 });
    chat.pass(9_999);
    chat.act((now) => chat.core.hurry(now));
    expect(chat.core.state.name).toBe("waiting");
    chat.pass(1);
    chat.act((now) => chat.core.hurry(now));
    expect(chat.core.state.name).toBe("connecting");
  });

  it("looks at once whether the room still answers when it is told that the network is back", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.hurry(now));
    expect(chat.sent().at(-1)).toBe(PING);
    chat.pass(9_999);
    chat.hear(PONG);
    chat.pass(74_999);
    expect(chat.core.state.name).toBe("live");
    chat.hear(PONG);
    chat.act((now) => chat.core.hurry(now));
    chat.pass(5_000);
    chat.act((now) => chat.core.hurry(now));
    chat.pass(4_999);
    expect(chat.core.state.name).toBe("live");
    chat.pass(1);
    expect(chat.core.state.name).toBe("waiting");
  });

  it("keeps the name it was given by the room over a reconnection", () => {
    const chat = playCore();
    chat.start();
    chat.act((now) => chat.core.ask(now, { t: "nick", id: "n", name: " Grace " }));
    chat.hear({ t: "named", id: "n", name: "Grace" });
    chat.lose(1006);
    chat.pass(500);
    chat.act((now) => chat.core.opened(now, chat.lastSocket()));
    expect(chat.frames().at(-1)).toMatchObject({ t: "hello", name: "Grace" });
  });

  it("does not listen to a socket that it has given up", () => {
    const chat = playCore();
    chat.start();
    const old = chat.lastSocket();
    chat.lose(1006);
    chat.pass(500);
    chat.connect(welcome({ recovered: true }));
    chat.act((now) => chat.core.received(now, old, JSON.stringify({ t: "msg", ...message(1) })));
    chat.act((now) => chat.core.closed(now, old, 4001, ""));
    expect(chat.read()).toEqual([]);
    expect(chat.core.state.name).toBe("live");
  });
});
