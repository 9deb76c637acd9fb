import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startEcho } from "../../../companion/echo/echo.ts";
import { until } from "../../e2e/product.ts";
import { rawClient } from "../raw-client.ts";
import { entriesOf, surroundings } from "../surroundings.ts";

const OPTIONS = {
  host: "127.0.0.1",
  port: 0,
  framing: "chunk",
  connections: 100,
  perAddress: 100,
  idleMs: 600_000,
} as const;

const MEGABYTE = 2 ** 20;

describe("startEcho", () => {
  it("answers with the same bytes, whatever they are, and ends when the client has ended", async () => {
    await using echo = await startEcho(OPTIONS, surroundings());
    using client = await rawClient(echo.address);
    client.say("Hello");
    await client.hear("Echo: Hello");
    client.say(Buffer.from([0xc3]));
    await client.hear("Echo: \xc3");
    client.say(Buffer.from([0xa9, 0x00, 0xff]));
    await client.hear("Echo: \xa9\x00\xff");
    client.socket.end("bye");
    expect(await client.end()).toBe("Echo: HelloEcho: \xc3Echo: \xa9\x00\xffEcho: bye");
  });

  it("answers lines where it is told to", async () => {
    await using echo = await startEcho({ ...OPTIONS, framing: "line" }, surroundings());
    using client = await rawClient(echo.address);
    client.say("on");
    client.say("e\r\ntwo\nth");
    await client.hear("Echo: one\r\nEcho: two\n");
    client.socket.end();
    expect(await client.end()).toBe("Echo: one\r\nEcho: two\nEcho: th");
  });

  it("does not read from whoever does not read, and loses nothing of it", async () => {
    const around = surroundings();
    await using echo = await startEcho(OPTIONS, around);
    using client = await rawClient(echo.address);
    client.socket.pause();
    const all = 8 * MEGABYTE;
    client.socket.end(Buffer.alloc(all, "x"));
    await until(() => entriesOf(around, "echo")[0]?.state === "paused");
    const [entry] = entriesOf(around, "echo");
    expect(entry?.waitsFor).toBe("the peer to read");
    expect(entry?.traffic.inBytes).toBeLessThan(all);
    let count = 0;
    client.socket.removeAllListeners("data");
    client.socket.on("data", (bytes: Buffer) => {
      for (const byte of bytes) count += byte === 0x78 ? 1 : 0;
    });
    client.socket.resume();
    await until(() => client.isEnded);
    expect(count).toBe(all);
  });

  it.each(["chunk", "line"] as const)(
    "holds little for whoever sends and does not read: by %s",
    async (framing) => {
      const around = surroundings();
      const accepted: Socket[] = [];
      const onSocket = (message: unknown) =>
        void accepted.push((message as { readonly socket: Socket }).socket); // by Node's contract
      subscribe("net.server.socket", onSocket);
      await using echo = await startEcho({ ...OPTIONS, framing }, around);
      using client = await rawClient(echo.address);
      client.socket.pause();
      client.say(Buffer.alloc(64 * MEGABYTE, "x"));
      await until(() => entriesOf(around, "echo")[0]?.state === "paused");
      unsubscribe("net.server.socket", onSocket);
      const [socket] = accepted;
      expect(socket?.isPaused()).toBe(true);
      expect((socket?.writableLength ?? Infinity) + (socket?.readableLength ?? 0)).toBeLessThan(MEGABYTE / 4);
    },
  );

  it("lets in as many as it may, in all and of one address", async () => {
    const around = surroundings();
    await using echo = await startEcho({ ...OPTIONS, perAddress: 2 }, around);
    using first = await rawClient(echo.address);
    using second = await rawClient(echo.address);
    second.say("x");
    await second.hear("Echo: x");
    using third = await rawClient(echo.address);
    expect(await third.end()).toBe("");
    expect(around.logged).toContainEqual(expect.objectContaining({ event: "refused", limit: "perAddress" }));
    first.socket.destroy();
    await until(() => entriesOf(around, "echo").length === 1);
    using fourth = await rawClient(echo.address);
    fourth.say("y");
    await fourth.hear("Echo: y");
  });

  it("closes where nothing moves", async () => {
    await using echo = await startEcho({ ...OPTIONS, idleMs: 20 }, surroundings());
    using client = await rawClient(echo.address);
    expect(await client.end()).toBe("");
  });

  it("goes on for others when a connection is reset", async () => {
    const around = surroundings();
    await using echo = await startEcho(OPTIONS, around);
    using first = await rawClient(echo.address);
    using second = await rawClient(echo.address);
    first.say("x");
    await first.hear("Echo: x");
    first.socket.resetAndDestroy();
    await until(() => entriesOf(around, "echo").length === 1);
    second.say("y");
    expect(await second.hear("Echo: y")).toBe("Echo: y");
  });

  it("tells the registry who is there, and lets them be cancelled", async () => {
    const around = surroundings();
    await using echo = await startEcho(OPTIONS, around);
    using client = await rawClient(echo.address);
    client.say("12345");
    await client.hear("Echo: 12345");
    const [entry] = entriesOf(around, "echo");
    expect(entry).toMatchObject({
      peer: `127.0.0.1:${client.socket.localPort}`,
      state: "reading",
      traffic: { inBytes: 5, outBytes: 11 },
      parent: { kind: "service", name: "echo" },
    });
    entry?.cancel?.(new Error("Enough"));
    await client.end();
    await until(() => entriesOf(around, "echo").length === 0);
  });

  it("drains: takes nobody new, ends whom it has, and says how many", async () => {
    const around = surroundings();
    await using echo = await startEcho(OPTIONS, around);
    using client = await rawClient(echo.address);
    client.say("x");
    await client.hear("Echo: x");
    using stuck = await rawClient(echo.address);
    stuck.socket.pause();
    stuck.say(Buffer.alloc(64 * MEGABYTE));
    await until(() => entriesOf(around, "echo").some(({ state }) => state === "paused"));
    const deadline = new AbortController();
    const drained = echo.drain(deadline.signal);
    await client.end();
    client.socket.end();
    await expect(rawClient(echo.address)).rejects.toThrow("ECONNREFUSED");
    await until(() => entriesOf(around, "echo").length === 1);
    deadline.abort();
    expect(await drained).toEqual({ name: "echo", finished: 1, cut: 1 });
    expect(around.registry.size).toBe(0);
  });

  it("lets somebody talk on while it drains, and says no more to them", async () => {
    const around = surroundings();
    await using echo = await startEcho(OPTIONS, around);
    using client = await rawClient(echo.address);
    client.say("x");
    await client.hear("Echo: x");
    const drained = echo.drain(new AbortController().signal);
    await client.end();
    client.socket.end("too late");
    expect(await drained).toEqual({ name: "echo", finished: 1, cut: 0 });
    expect(client.received).toBe("Echo: x");
    expect(around.logged).not.toContainEqual(expect.objectContaining({ event: "connection-failed" }));
  });
});
