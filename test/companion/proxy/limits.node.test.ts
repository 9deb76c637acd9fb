import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { readCompanionOptions } from "../../../companion/options.ts";
import { until } from "../../e2e/product.ts";
import { rawClient } from "../raw-client.ts";
import { entriesOf, surroundings } from "../surroundings.ts";
import { all, firstLine, proxyWith, rawOrigin } from "./proxy-with.ts";

const get = (place: string, fields = "") => `GET http://${place}/ HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

describe("startProxy, when there is too much or too little", () => {
  it.each([
    [{ perAddress: 1 }, "HTTP/1.1 429 Too Many Requests", "too-many-of-one"],
    [{ connections: 1 }, "HTTP/1.1 503 Service Unavailable", "too-many"],
  ])("with %j, turns the second client away and says when to come back", async (caps, status, kind) => {
    const around = surroundings();
    await using proxy = await proxyWith(caps, around);
    using first = await rawClient(proxy.address);
    await until(() => entriesOf(around, "proxy").length === 1);
    using second = await rawClient(proxy.address);
    const answer = await second.end();
    expect(answer).toContain(status);
    expect(answer).toMatch(/\r\nRetry-After: \d+\r\n/);
    expect(around.logged).toContainEqual(expect.objectContaining({ event: "refused", kind }));
    first.socket.destroy();
    await until(() => entriesOf(around, "proxy").length === 0);
    expect(await firstLine(proxy.address, get("10.0.0.1"))).toContain("403");
  });

  it.each([{ headersMs: 100 }, {}])(
    "with %j, ends whoever is slow with a head, however busy they look",
    async (limits) => {
      await using proxy = await proxyWith(limits);
      using client = await rawClient(proxy.address);
      client.say("GET http://10.0.0.1/ HTTP/1.1\r\n");
      const timer = setInterval(() => client.say("X: a\r\n"), 10);
      try {
        expect(await client.end()).toContain("HTTP/1.1 408 Request Timeout");
      } finally {
        clearInterval(timer);
      }
    },
  );

  it("gives whoever is slow with a head ten seconds by itself", () => {
    expect(readCompanionOptions([], {}).proxy.headersMs).toBe(10_000);
  });

  it("tells a client that is slow with a body from an origin that is slow with an answer", async () => {
    await using silent = await rawOrigin((socket) => socket.resume());
    await using proxy = await proxyWith({ idleMs: 50 });
    const post = `POST http://${silent.place}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc`;
    expect(await firstLine(proxy.address, post)).toContain("408");
    expect(await firstLine(proxy.address, get(silent.place))).toContain("504");
  });

  it.each([
    ["an answer", ""],
    ["an answer to a wish for WebSocket", "Connection: Upgrade\r\nUpgrade: websocket\r\n"],
  ])("lets go of a client that does not take %s, though the origin has said all", async (_, fields) => {
    const around = surroundings();
    // More than the system holds for whoever does not read.
    const interim = `HTTP/1.1 103 Early Hints\r\nLink: <${"x".repeat(60_000)}>\r\n\r\n`.repeat(100);
    await using origin = await rawOrigin((socket) => {
      socket.once("data", () => socket.end(`${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`));
    });
    await using proxy = await proxyWith({ idleMs: 1_000 }, around);
    using client = await rawClient(proxy.address);
    client.socket.pause();
    client.say(get(origin.place, fields));
    await until(() => entriesOf(around, "proxy").length === 1);
    await until(() => entriesOf(around, "proxy").length === 0);
    expect(around.logged).toContainEqual(expect.objectContaining({ event: "request", ok: false }));
  });

  it("waits no longer for a name than it may, though nobody can be stopped from looking it up", async () => {
    const resolve = async () => await new Promise<never>(() => undefined);
    await using proxy = await proxyWith({ connectMs: 50 }, { resolve });
    expect(await firstLine(proxy.address, get("example.org"))).toContain("504");
    expect(await firstLine(proxy.address, "CONNECT example.org:443 HTTP/1.1\r\nHost: a\r\n\r\n")).toContain(
      "504",
    );
  });

  it("answers all that was asked before a client ended its half, and closes then", async () => {
    await using origin = await rawOrigin((socket) => {
      socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    });
    await using proxy = await proxyWith({});
    using client = await rawClient(proxy.address);
    client.socket.end(get(origin.place).repeat(3));
    expect((await client.end()).match(/\r\n\r\nok/g)).toHaveLength(3);
  });

  it("waits less for an answer to whoever has ended their half, and not at all for another request", async () => {
    const around = surroundings();
    await using silent = await rawOrigin((socket) => socket.resume());
    await using proxy = await proxyWith({ idleMs: 86_400_000, halfClosedMs: 50 }, around);
    using early = await rawClient(proxy.address);
    early.socket.end(get(silent.place));
    expect(await early.end()).toContain("504");
    using late = await rawClient(proxy.address);
    late.say(get(silent.place));
    await until(() => entriesOf(around, "request").some(({ state }) => state === "waiting"));
    late.socket.end();
    expect(await late.end()).toContain("504");
    using idle = await rawClient(proxy.address);
    idle.socket.end();
    expect(await idle.end()).toBe("");
    await until(() => entriesOf(around, "proxy").length === 0);
  });

  it("asks for credentials, of requests and of tunnels", async () => {
    await using origin = await rawOrigin((socket) => {
      socket.once("data", (bytes) => {
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n${String(bytes)}`);
      });
    });
    await using proxy = await proxyWith({ credentials: "me:se:cret" });
    const right = `Proxy-Authorization: Basic ${btoa("me:se:cret")}\r\n`;
    const wrong = `Proxy-Authorization: Basic ${btoa("me:se:crat")}\r\n`;
    const connect = (fields: string) => `CONNECT ${origin.place} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
    expect(await all(proxy.address, get(origin.place, "Connection: close\r\n"))).toMatch(
      /^HTTP\/1\.1 407 .*\r\nProxy-Authenticate: Basic realm=/s,
    );
    expect(await firstLine(proxy.address, get(origin.place, wrong))).toContain("407");
    expect(await firstLine(proxy.address, connect(wrong))).toContain("407");
    expect(await firstLine(proxy.address, connect(right))).toContain("200");
    const echoed = await all(proxy.address, get(origin.place, `${right}Connection: close\r\n`));
    expect(echoed).toContain("200 OK");
    expect(echoed).not.toContain("Proxy-Authorization");
  });

  it("drains: what runs is finished, what comes is refused, what is late is cut off", async () => {
    const around = surroundings();
    let answer = () => {};
    await using origin = await rawOrigin((socket) => {
      answer = () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    await using proxy = await proxyWith({}, around);
    using running = await rawClient(proxy.address);
    running.say(get(origin.place));
    await until(() => entriesOf(around, "request").some(({ state }) => state === "waiting"));
    using tunnel = await rawClient(proxy.address);
    tunnel.say(`CONNECT ${origin.place} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answerRunning = answer;
    await tunnel.hear("established");
    const deadline = new AbortController();
    const drained = proxy.drain(deadline.signal);
    answerRunning();
    expect(await running.end()).toMatch(/ok$/);
    await expect(rawClient(proxy.address)).rejects.toThrow("ECONNREFUSED");
    await until(() => entriesOf(around, "proxy").length === 1);
    deadline.abort();
    expect(await drained).toEqual({ name: "proxy", finished: 1, cut: 1 });
    await until(() => around.registry.size === 0);
  });

  it.each([
    ["an origin that says no more", "", "the origin did not answer in time"],
    ["a client that takes no more", "x".repeat(16 * 2 ** 20), "the client did not take the answer in time"],
  ])("logs what was answered, and on whose side it ended: %s", async (_, body, why) => {
    const around = surroundings();
    await using origin = await rawOrigin((socket) => {
      socket.once("data", () =>
        socket.write(`HTTP/1.1 206 Partial Content\r\nContent-Length: 99999999\r\n\r\n${body}`),
      );
    });
    await using proxy = await proxyWith({ idleMs: 1_000 }, around);
    using client = await rawClient(proxy.address);
    if (body !== "") client.socket.pause();
    client.say(get(origin.place));
    await until(() => around.logged.some(({ event }) => event === "request"));
    expect(around.logged).toContainEqual(
      expect.objectContaining({ event: "request", ok: false, status: 206, why }),
    );
  });

  it("goes on when the system refuses it a connection, and says so", async () => {
    const around = surroundings();
    const servers = new Set<EventEmitter>();
    const onSocket = (message: unknown) =>
      void servers.add((message as { readonly socket: { readonly server: EventEmitter } }).socket.server); // by Node's contract
    subscribe("net.server.socket", onSocket);
    await using proxy = await proxyWith({}, around);
    expect(await firstLine(proxy.address, get("10.0.0.1"))).toContain("403");
    unsubscribe("net.server.socket", onSocket);
    for (const server of servers) server.emit("error", new Error("accept EMFILE"));
    expect(await firstLine(proxy.address, get("10.0.0.1"))).toContain("403");
    expect(around.logged).toContainEqual(expect.objectContaining({ event: "listener-failed", level: 50 }));
  });

  it("drains all that one connection has asked for", async () => {
    const around = surroundings();
    const waiting: Socket[] = [];
    await using origin = await rawOrigin((socket) => void socket.once("data", () => waiting.push(socket)));
    await using proxy = await proxyWith({}, around);
    using client = await rawClient(proxy.address);
    client.say(get(origin.place).repeat(2));
    await until(() => waiting.length === 2);
    const drained = proxy.drain(new AbortController().signal);
    waiting[0]?.end("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
    await client.hear("one");
    waiting[1]?.end("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
    expect(await client.end()).toMatch(/two$/);
    expect(await drained).toEqual({ name: "proxy", finished: 1, cut: 0 });
  });

  it("logs a line for each, with where it went, bytes, timings and why it was refused", async () => {
    const around = surroundings();
    await using origin = await rawOrigin((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    });
    await using proxy = await proxyWith({}, around);
    await firstLine(proxy.address, get(`me:secret@${origin.place}`));
    await firstLine(proxy.address, "CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: a\r\n\r\n");
    await firstLine(proxy.address, get(origin.place, "Expect: tea\r\n"));
    await until(() => around.logged.filter(({ method }) => method !== undefined).length === 3);
    const [request, tunnel, expectant] = around.logged.filter(({ method }) => method !== undefined);
    expect(request).toMatchObject({ event: "request", ok: true, host: origin.place, status: 200 });
    expect(request).toMatchObject({
      receivedBytes: 40,
      sentBytes: expect.any(Number),
      totalMs: expect.any(Number),
    });
    expect(tunnel).toMatchObject({ event: "tunnel", ok: false, host: "10.0.0.1:443", kind: "guard" });
    expect(expectant).toMatchObject({ event: "request", ok: false, method: "GET", kind: "expectation" });
    expect(JSON.stringify(around.logged)).not.toContain("secret");
  });
});
