import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { readAllowEntry } from "../../../companion/proxy/guard/allow-list.ts";
import type { Registry } from "../../../companion/registry.ts";
import { until } from "../../e2e/product.ts";
import { rawClient } from "../raw-client.ts";
import { entriesOf, surroundings } from "../surroundings.ts";
import { all, firstLine, proxyWith, rawOrigin } from "./proxy-with.ts";

const get = (place: string, fields = "") => `GET http://${place}/ HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("startProxy, between a client and an origin", () => {
  it("lets the origin say whether a body shall come", async () => {
    let heard = "";
    await using origin = await rawOrigin((socket) => {
      socket.on("data", (bytes) => {
        heard += String(bytes);
        if (heard.endsWith("\r\n\r\n"))
          socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
        if (heard.endsWith("body")) socket.write(OK);
      });
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    client.say(
      `POST http://${origin.place}/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
    );
    expect(await client.hear("HTTP/1.1 100 Continue\r\n")).toContain("103 Early Hints\r\nLink: </a>\r\n");
    client.say("body");
    await client.hear("ok");
    expect(heard).toContain("Expect: 100-continue");
  });

  it("passes an answer on that comes before the body has, and takes nothing more", async () => {
    await using origin = await rawOrigin((socket) => {
      socket.once("data", () => socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"));
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    client.say(`POST http://${origin.place}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\nx`);
    expect(await client.end()).toContain("413 Too Large");
  });

  it.each(["a request", "a tunnel"])("leaves the origin when the client of %s is gone", async (what) => {
    let isClosed = false;
    let begun = 0;
    await using origin = await rawOrigin((socket) => {
      begun += 1;
      socket
        .resume()
        .once("close", () => (isClosed = true))
        .once("end", () => socket.end());
      if (what === "a request") socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
      else socket.write("abc");
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    client.say(
      what === "a request" ? get(origin.place) : `CONNECT ${origin.place} HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    await client.hear("abc");
    expect(begun).toBe(1);
    // Of a request, an end alone could be that of a client that still listens.
    if (what === "a request") client.socket.resetAndDestroy();
    else client.socket.destroy();
    await until(() => isClosed);
  });

  it("changes to WebSocket when the origin does, with the bytes that came along", async () => {
    let asked = "";
    await using origin = await rawOrigin((socket) => {
      socket.once("data", (bytes) => {
        asked = String(bytes);
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi",
        );
        socket.pipe(socket);
      });
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    client.say(get(origin.place, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n"));
    const head = await client.hear("\r\n\r\nhi");
    expect(head).toMatch(/^HTTP\/1\.1 101 .*\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/s);
    expect(asked).toMatch(/\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
    client.say("frame");
    await client.hear("frame");
    client.socket.end();
    await client.end();
  });

  it.each([
    ["to another protocol than was asked for", "Upgrade: foo\r\n"],
    ["without saying to which", "WebSocket: websocket\r\n"],
  ])("refuses an origin that changes %s", async (_, field) => {
    const switched = `HTTP/1.1 101 Switching Protocols\r\n${field}Connection: Upgrade\r\n\r\nhi`;
    await using origin = await rawOrigin((socket) => void socket.once("data", () => socket.write(switched)));
    await using proxy = await proxyWith();
    const asked = get(origin.place, "Connection: Upgrade\r\nUpgrade: websocket\r\n");
    expect(await all(proxy.address, asked)).toMatch(/^HTTP\/1\.1 502 .*unasked/s);
  });

  it("passes on what an origin says that does not change to WebSocket", async () => {
    await using origin = await rawOrigin((socket) => void socket.once("data", () => socket.write(OK)));
    await using proxy = await proxyWith();
    const asked = get(origin.place, "Connection: Upgrade\r\nUpgrade: websocket\r\n");
    expect(await all(proxy.address, asked)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*ok$/s);
  });

  const behind = {
    "a reset": undefined,
    "a wish for WebSocket": "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    "a CONNECT": "CONNECT",
  };
  it.each(Object.entries(behind))(
    "leaves nothing of unanswered requests behind which %s comes",
    async (_, what) => {
      const around = surroundings();
      await using origin = await rawOrigin((socket) => socket.resume());
      await using proxy = await proxyWith({ idleMs: 86_400_000 }, around);
      using client = await rawClient(proxy.address);
      client.say(get(origin.place).repeat(2));
      await until(() => entriesOf(around, "request").filter(({ state }) => state === "waiting").length === 2);
      if (what === "CONNECT") client.say(`CONNECT ${origin.place} HTTP/1.1\r\nHost: a\r\n\r\n`);
      else if (what !== undefined) {
        client.say(get(origin.place, what));
        await until(
          () => entriesOf(around, "request").filter(({ state }) => state === "waiting").length === 3,
        );
      }
      if (what !== "CONNECT") client.socket.resetAndDestroy();
      expect(await client.end()).toBe("");
      await until(() => entriesOf(around, "request").length + entriesOf(around, "proxy").length === 0);
      expect(around.logged).not.toContainEqual(expect.objectContaining({ level: 50 }));
    },
  );

  it("lets a fault of its own end one connection, and nothing else", async () => {
    const around = surroundings();
    const registry: Registry = {
      ...around.registry,
      register(options) {
        if (options.kind === "request" || options.kind === "tunnel") throw new Error("a fault");
        return around.registry.register(options);
      },
    };
    await using proxy = await proxyWith({}, { ...around, registry });
    for (const text of [get("127.0.0.1:1"), "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: a\r\n\r\n"]) {
      expect(await all(proxy.address, text)).toBe("");
    }
    expect(await firstLine(proxy.address, "GET / HTTP/1.1\r\n\r\n")).toContain("400");
    expect(around.logged).toContainEqual(expect.objectContaining({ event: "connection-broken", level: 50 }));
  });

  it.each([
    ["for another protocol", "1.1", "h2c"],
    ["in HTTP/1.0", "1.0", "websocket"],
  ])("sends a request for an upgrade on without that wish: %s", async (_, version, protocol) => {
    let asked = "";
    await using origin = await rawOrigin((socket) => {
      socket.once("data", (bytes) => {
        asked = String(bytes);
        socket.write(OK);
      });
    });
    await using proxy = await proxyWith();
    const request = get(origin.place, `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`);
    expect(await firstLine(proxy.address, request.replace("HTTP/1.1", `HTTP/${version}`))).toContain("200");
    expect(asked).not.toContain("Upgrade");
  });

  it("answers pipelined requests in their order", async () => {
    await using slow = await rawOrigin((socket) => {
      socket.once("data", () => setImmediate(() => socket.write(OK.replace("ok", "1!"))));
    });
    await using fast = await rawOrigin((socket) => void socket.once("data", () => socket.write(OK)));
    await using proxy = await proxyWith();
    const text = await all(proxy.address, get(slow.place) + get(fast.place, "Connection: close\r\n"));
    expect(text).toMatch(/1!HTTP\/1\.1 200 OK.*ok$/s);
  });

  it.each([
    ["is malformed", "GET / bogus\r\n\r\n"],
    ["comes too slowly", "GET http://a/ HTTP/1.1\r\n"],
  ])("does not say of a request that %s what an earlier one would take for its answer", async (_, second) => {
    const around = surroundings();
    await using origin = await rawOrigin((socket) => socket.resume());
    await using proxy = await proxyWith({ headersMs: 100 }, around);
    using client = await rawClient(proxy.address);
    client.say(`POST http://${origin.place}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
    await until(() => entriesOf(around, "request").some(({ state }) => state === "waiting"));
    client.say(second);
    expect(await client.end()).toBe("");
  });

  it("says what is wrong with a request also where others have been answered", async () => {
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    client.say(get("10.0.0.1"));
    await client.hear("a private address\n");
    client.say("GET / bogus\r\n\r\n");
    expect(await client.end()).toMatch(/HTTP\/1\.1 400 Bad Request\r\n[^]*cannot be read\n$/);
  });

  it("listens once, however many small chunks a client does not take yet", async () => {
    const count = 50_000;
    await using origin = await rawOrigin((socket) => {
      const chunks = `1\r\nx\r\n`.repeat(count);
      socket.once("data", () =>
        socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`),
      );
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on("warning", onWarning);
    client.say(get(origin.place, "Connection: close\r\n"));
    expect((await client.end()).match(/x\r\n/g)).toHaveLength(count);
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });

  it("serves few requests of one connection at once, and all of them in the end", async () => {
    const around = surroundings();
    const waiting: Socket[] = [];
    let isAnswering = false;
    await using origin = await rawOrigin((socket) => {
      if (isAnswering) socket.end(OK);
      else waiting.push(socket);
      socket.resume();
    });
    await using proxy = await proxyWith({}, around);
    using client = await rawClient(proxy.address);
    const asked = get(origin.place, `X: ${"x".repeat(500)}\r\n`).repeat(2_000);
    client.say(asked);
    await until(() => waiting.length === 8);
    expect(entriesOf(around, "request")).toHaveLength(8);
    expect(entriesOf(around, "proxy")[0]?.traffic.inBytes).toBeLessThan(asked.length);
    isAnswering = true;
    for (const socket of waiting) socket.end(OK);
    await until(() => client.received.split("\r\n\r\nok").length === 2_001);
  });

  it("asks an origin again over the connection it has, but never what changes something", async () => {
    let connections = 0;
    await using origin = await rawOrigin((socket) => {
      connections += 1;
      socket.on("data", () => socket.write(OK));
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    for (let round = 0; round < 12; round += 1) {
      client.say(get(origin.place));
      await client.hear("\r\n\r\nok");
    }
    expect(connections).toBe(1);
    client.say(`POST http://${origin.place}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
    await client.hear("\r\n\r\nok");
    expect(connections).toBe(2);
  });

  it("asks once more where the origin closes a connection as it is asked again", async () => {
    let connections = 0;
    await using origin = await rawOrigin((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.once("data", () => {
        socket.write(OK);
        if (isFirst) socket.once("data", () => socket.resetAndDestroy());
      });
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    for (let round = 0; round < 2; round += 1) {
      client.say(get(origin.place));
      await client.hear("\r\n\r\nok");
    }
    expect(connections).toBe(2);
  });

  it.each([
    ["a length", `${OK}HTTP/1.1 200 OK\r\n`],
    [
      "chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n",
    ],
  ])("trusts no connection on which more has come than %s says", async (_, bytes) => {
    let connections = 0;
    await using origin = await rawOrigin((socket) => {
      connections += 1;
      socket.on("data", () => socket.write(bytes));
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    for (let round = 0; round < 2; round += 1) {
      client.say(get(origin.place));
      await client.hear("ok");
      await client.hear(bytes.includes("chunked") ? "0\r\n\r\n" : "");
    }
    expect(connections).toBe(2);
  });

  it("tries the allowed ones of a name's addresses, and only those", async () => {
    await using origin = await rawOrigin((socket) => void socket.once("data", () => socket.end(OK)));
    const port = origin.place.split(":")[1] ?? "";
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return await Promise.resolve(["10.0.0.1", "127.0.0.1", "fe80::1"]);
    };
    await using proxy = await proxyWith({}, { resolve });
    expect(await firstLine(proxy.address, get(`example.org:${port}`))).toContain("200");
    expect(asked).toEqual(["example.org"]);
  });

  it("is not kept from a name by one of its addresses at which nobody is", async () => {
    await using origin = await rawOrigin((socket) => void socket.once("data", () => socket.end(OK)));
    const port = origin.place.split(":")[1] ?? "";
    const allow = ["127.0.0.0/8"].flatMap((text) => readAllowEntry(text) ?? []);
    const resolve = async () => await Promise.resolve(["127.0.0.2", "127.0.0.1", "127.0.0.3"]);
    await using proxy = await proxyWith({ allow }, { resolve });
    expect(await firstLine(proxy.address, get(`example.org:${port}`))).toContain("200");
  });

  it("never connects to what else this process listens at", async () => {
    await using other = await rawOrigin((socket) => void socket.end());
    await using proxy = await proxyWith({}, { ownAddresses: () => ["/a/socket", other.place] });
    expect(await firstLine(proxy.address, get(other.place))).toContain("508");
  });

  it("tells the client's address only where it is asked to", async () => {
    const heard: string[] = [];
    await using origin = await rawOrigin((socket) => {
      socket.once("data", (bytes) => {
        heard.push(String(bytes));
        socket.end(OK);
      });
    });
    for (const forwardedFor of [false, true]) {
      await using proxy = await proxyWith({ forwardedFor });
      await firstLine(proxy.address, get(origin.place));
    }
    expect(heard[0]).not.toContain("X-Forwarded-For");
    expect(heard[1]).toContain("X-Forwarded-For: 127.0.0.1\r\n");
  });
});
