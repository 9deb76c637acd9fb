import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Service } from "../../../companion/service.ts";
import { all, firstLine, proxyWith } from "./proxy-with.ts";

describe("startProxy", () => {
  let proxy: Service;
  let origin: Server;
  let place: string;

  beforeAll(async () => {
    origin = createServer((request, response) => {
      const body: Buffer[] = [];
      request.on("data", (piece: Buffer) => body.push(piece));
      request.on("end", () => {
        const said = JSON.stringify({
          url: request.url,
          raw: request.rawHeaders,
          body: String(Buffer.concat(body)),
        });
        response.end(said);
      });
    });
    origin.listen(0, "127.0.0.1");
    await once(origin, "listening");
    place = `127.0.0.1:${(origin.address() as AddressInfo).port}`;
    proxy = await proxyWith();
  });

  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    origin.close();
    origin.closeAllConnections();
  });

  it("sends a request on in its order and case, without what was the connection's", async () => {
    const text = await all(
      proxy.address,
      `GET http://${place}/a?b HTTP/1.1\r\nX-One: 1\r\nhost: other\r\nConnection: close, X-Two\r\nX-Two: 2\r\nProxy-Connection: x\r\n\r\n`,
    );
    const { url, raw } = JSON.parse(/\{.*\}/.exec(text)?.[0] ?? "") as { url: string; raw: string[] };
    expect(url).toBe("/a?b");
    expect(raw).toEqual(["X-One", "1", "host", place, "Via", expect.stringMatching(/^1\.1 manifold-/)]);
  });

  it("never connects to itself", async () => {
    expect(
      await firstLine(proxy.address, `GET http://${proxy.address}/ HTTP/1.1\r\nHost: a\r\n\r\n`),
    ).toMatch(/ 508 /);
    expect(await firstLine(proxy.address, `CONNECT ${proxy.address} HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(
      / 508 /,
    );
  });

  it("says in Proxy-Status why it refuses", async () => {
    const text = await all(
      proxy.address,
      "GET http://10.0.0.1/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    expect(text).toMatch(
      /Proxy-Status: manifold-\w+;error=destination_ip_prohibited;details="10.0.0.1 is a private address"/,
    );
  });

  it("keeps bytes that come with CONNECT, and closes one way at a time", async () => {
    await using echo = createTcpServer({ allowHalfOpen: true }, (socket) => {
      let text = "";
      socket.on("data", (piece) => (text += String(piece))).on("end", () => socket.end(`got ${text}`));
    }).listen(0, "127.0.0.1");
    await once(echo, "listening");
    const { port } = echo.address() as AddressInfo;
    const socket = connect({
      port: Number(proxy.address.split(":")[1]),
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    socket.end(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: a\r\n\r\nearly`);
    let text = "";
    for await (const piece of socket) text += String(piece);
    expect(text).toBe("HTTP/1.1 200 Connection established\r\n\r\ngot early");
  });

  it.each([
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
  ])("never ends an answer cleanly that broke off in %s", async (_, bytes) => {
    await using broken = createTcpServer(
      (socket) =>
        void socket
          .on("error", () => undefined)
          .resume()
          .end(bytes),
    ).listen(0, "127.0.0.1");
    await once(broken, "listening");
    const { port } = broken.address() as AddressInfo;
    const request = `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: a\r\n\r\n`;
    await expect(all(proxy.address, request)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it.each([
    [
      "both length and coding",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"],
    ["a folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"],
    ["no status line", "hello\r\n\r\n"],
    ["nothing in it", ""],
  ])("answers 502 for an answer with %s", async (_, bytes) => {
    await using odd = createTcpServer(
      (socket) =>
        void socket
          .on("error", () => undefined)
          .resume()
          .end(bytes),
    ).listen(0, "127.0.0.1");
    await once(odd, "listening");
    const { port } = odd.address() as AddressInfo;
    expect(
      await firstLine(proxy.address, `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: a\r\n\r\n`),
    ).toMatch(/ 502 /);
  });

  it("passes an answer with trailers to a client that cannot take them", async () => {
    const bytes =
      "HTTP/1.1 200 OK\r\nTrailer: T\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n";
    await using server = createTcpServer(
      (socket) =>
        void socket
          .on("error", () => undefined)
          .resume()
          .end(bytes),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await all(proxy.address, `GET http://127.0.0.1:${port}/ HTTP/1.0\r\n\r\n`)).toMatch(
      /\r\n\r\nabc$/,
    );
    const asked = `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    expect(await all(proxy.address, asked)).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n$/);
  });
});
