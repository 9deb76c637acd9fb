import { describe, expect, it } from "vitest";
import { readAllowEntry } from "../../../companion/proxy/guard/allow-list.ts";
import { until } from "../../e2e/product.ts";
import { rawClient } from "../raw-client.ts";
import { firstLine, proxyWith, rawOrigin } from "./proxy-with.ts";

/** `@` is the origin. */
const post = (fields: string, body: string) => `POST http://@/ HTTP/1.1\r\nHost: @\r\n${fields}\r\n${body}`;
const chunked = (body: string) => post("Transfer-Encoding: chunked\r\n", body);
const coded = (coding: string) => post(`Transfer-Encoding: ${coding}\r\n`, "0\r\n\r\n");
const tunnel = (target: string) => `CONNECT ${target} HTTP/1.1\r\nHost: @\r\n\r\n`;

describe("startProxy, for what others read in another way", () => {
  // Most of these are refused by Node's parser: another version of it may forgive more.
  it.each([
    ["lines that end in LF", "GET http://@/ HTTP/1.1\nHost: @\n\n"],
    ["a field that ends in LF", "GET http://@/ HTTP/1.1\r\nHost: @\r\nX: y\nZ: z\r\n\r\n"],
    ["a head that ends in LF", "GET http://@/ HTTP/1.1\r\nHost: @\r\n\n"],
    ["the size of a chunk that ends in LF", chunked("2\nab\r\n0\r\n\r\n")],
    ["a chunk that ends in LF", chunked("2\r\nab\n0\r\n\r\n")],
    ["an extension of a chunk with LF", chunked("2;a\nx\r\nab\r\n0\r\n\r\n")],
    ["an extension of a chunk with a quoted line end", chunked('2;a="\r\nab\r\n0\r\n\r\n')],
    ["the last line end in LF", chunked("0\r\n\n")],
    ["a size with a prefix", chunked("0x2\r\nab\r\n0\r\n\r\n")],
    ["a size with a sign", chunked("+2\r\nab\r\n0\r\n\r\n")],
    ["a size that overflows", chunked("10000000000000002\r\nab\r\n0\r\n\r\n")],
    ["a trailer that says a length", chunked("2\r\nab\r\n0\r\nContent-Length: 5\r\n\r\n")],
    ["a trailer that is folded", chunked("2\r\nab\r\n0\r\nX: 1\r\n Y: 2\r\n\r\n")],
    ["a coding behind a control", coded("\u000bchunked")],
    ["a coding in quotes", coded('"chunked"')],
    ["a coding with a parameter", coded("chunked;x=1")],
    ["a coding before nothing", coded("chunked,")],
    ["a zone in an address", tunnel("[fe80::1%25lo]:80")],
    ["two ports", tunnel("127.0.0.1:80:81")],
    ["a port with a sign", tunnel("127.0.0.1:+80")],
  ])("refuses %s, and sends nothing on", async (_, bytes) => {
    let heard = "";
    await using origin = await rawOrigin((socket) => {
      socket.on("data", (piece) => {
        heard += String(piece);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      });
    });
    await using proxy = await proxyWith();
    expect(await firstLine(proxy.address, bytes.replaceAll("@", origin.place))).toBe(
      "HTTP/1.1 400 Bad Request",
    );
    expect(heard).toBe("");
  });

  it.each([
    "0177.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.1",
    "%31%32%37.0.0.1",
    "127.0.0.1.",
    "0",
    "10.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:a00:1]",
    "[64:ff9b::a00:1]",
    "[2002:a00:1::]",
    "[::]",
    "localhost",
  ])("knows %s for what it is", async (host) => {
    await using proxy = await proxyWith({ allow: [] });
    expect(await firstLine(proxy.address, tunnel(`${host}:1080`).replace("@", "a"))).toBe(
      "HTTP/1.1 403 Forbidden",
    );
  });

  it.each([
    ["its length", "Content-Length"],
    ["who had it before", "Via"],
    ["whom it is for", "Host"],
  ])("lets no client take %s from a message by naming the field in Connection", async (_, name) => {
    let heard = "";
    await using origin = await rawOrigin((socket) => {
      socket.on("data", (bytes) => (heard += String(bytes)));
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    const body = "GET /smuggled HTTP/1.1\r\n\r\n";
    const fields = `Content-Length: ${body.length}\r\nVia: 1.0 before\r\nConnection: ${name}\r\n`;
    client.say(post(fields, body).replaceAll("@", origin.place));
    await until(() => heard.endsWith(body));
    for (const field of ["Content-Length: 26", "Via: 1.0 before", `Host: ${origin.place}`])
      expect(heard).toContain(`\r\n${field}\r\n`);
  });

  it.each([
    ["at once, behind an answer without content", "HTTP/1.1 204 No Content\r\n\r\n", 0],
    ["at once, behind an answer", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0],
    ["later, when nobody has asked", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 20],
  ])("gives nobody what an origin says unasked: %s", async (_, answer, afterMs) => {
    const evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let connections = 0;
    let isClosed = false;
    await using origin = await rawOrigin((socket) => {
      connections += 1;
      const close = () => (isClosed = true);
      socket.once("end", close).once("close", close);
      socket.on("data", () => {
        if (afterMs === 0) socket.write(answer + evil);
        else {
          socket.write(answer);
          setTimeout(() => socket.write(evil), afterMs);
        }
      });
    });
    await using proxy = await proxyWith();
    using client = await rawClient(proxy.address);
    const request = `GET http://${origin.place}/ HTTP/1.1\r\nHost: a\r\n\r\n`;
    client.say(request);
    await until(() => isClosed);
    client.say(request);
    await until(() => client.received.match(/HTTP\/1\.1 20/g)?.length === 2);
    expect(connections).toBe(2);
    expect(client.received).not.toContain("evil");
  });

  it("looks where a connection has ended, which only the system knows", async () => {
    await using origin = await rawOrigin((socket) => socket.destroy());
    await using proxy = await proxyWith({ allow: [readAllowEntry("0.0.0.0") ?? expect.fail()] });
    const target = origin.place.replace("127.0.0.1", "0.0.0.0");
    using client = await rawClient(proxy.address);
    client.say(tunnel(target).replace("@", "a"));
    await client.hear("403 Forbidden");
    await client.hear("the connection to 0.0.0.0 ended somewhere else");
  });
});
