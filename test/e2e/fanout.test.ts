import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startWorker } from "../support/worker.ts";
import { overDemo } from "./over-demo.ts";
import { requestAndReset, until } from "./product.ts";

const { demoUrl, workerUrl, setFault, stats } = overDemo();

const fanOut = async (count: number, options: object = {}, delayMs = 100) => {
  const requests = Array.from({ length: count }, () => ({ url: `${demoUrl()}/delay/${delayMs}` }));
  const body = JSON.stringify({ requests, ...options });
  return await fetch(`${workerUrl()}/v1/fanout`, { method: "POST", body });
};

interface Answer {
  readonly results: readonly { readonly ok: boolean }[];
}

describe("POST /v1/fanout over lanes", () => {
  it("has a hundred calls open at once, and nowhere more than six", async () => {
    // As long as a busy machine may take to begin all of them.
    const { results } = (await (await fanOut(100, {}, 2_000)).json()) as Answer;
    expect(results.filter(({ ok }) => ok)).toHaveLength(100);
    const { total, lanes } = await stats();
    const widths = Object.values(lanes).map(({ maxOpen }) => maxOpen);
    expect(total).toEqual({ calls: 100, open: 0, maxOpen: 100 });
    expect(widths).toHaveLength(17);
    expect(Math.max(...widths)).toBe(6);
  });

  it("makes a thousand calls, each once", async () => {
    const { results } = (await (await fanOut(1_000)).json()) as Answer;
    expect(results.filter(({ ok }) => ok)).toHaveLength(1_000);
    const { total, lanes } = await stats();
    expect(total.calls).toBe(1_000);
    expect(Math.max(...Object.values(lanes).map(({ maxOpen }) => maxOpen))).toBe(6);
  });

  it("stays in one invocation when told to", async () => {
    await fanOut(30, { lanes: false });
    const { total, lanes } = await stats();
    expect(total.maxOpen).toBe(6);
    expect(Object.keys(lanes)).toHaveLength(1);
  });

  it("ends every call in every lane when the client's connection is reset, and no other's", async () => {
    await setFault({ route: "delay", hang: true });
    let isAnswered = false;
    // It takes no lane: two requests may draw the same, and would share its connections.
    const staying = fanOut(5, { deadlineMs: 60_000, lanes: false }).finally(() => (isAnswered = true));
    staying.catch(() => undefined); // it ends with the Worker
    await until(async () => (await stats()).total.open === 5);
    const requests = Array.from({ length: 20 }, () => ({ url: `${demoUrl()}/delay/100` }));
    const body = JSON.stringify({ requests, deadlineMs: 60_000 });
    const reset = await requestAndReset(`${workerUrl()}/v1/fanout`, "POST", body);
    await until(async () => (await stats()).total.open === 25);
    reset();
    await until(async () => (await stats()).total.open === 5);
    expect(isAnswered).toBe(false);
  });
});

describe("POST /v1/fanout against an upstream that lies of its size", () => {
  const KILOBYTE = 1_024;
  // Less than a whole fan-out may read: it is the one answer's limit that stops it.
  const SIZE = 16 * KILOBYTE * KILOBYTE;
  const bomb = gzipSync(new Uint8Array(SIZE));

  /** Sends as much as it is let. */
  async function flood(socket: Socket, piece: string): Promise<void> {
    for (let sent = 0; sent < SIZE && !socket.destroyed; sent += piece.length) {
      if (!socket.write(piece)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    }
    socket.end("0\r\n\r\n");
  }

  it.each([
    ["packs more than it may say", `Content-Encoding: gzip\r\nContent-Length: ${bomb.length}`, undefined],
    ["says one length and sends chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked", "1000\r\n"],
  ])("stops reading when it %s", async (_, fields, chunk) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined); // it is closed on
      socket.once("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n${fields}\r\n\r\n`);
        if (chunk === undefined) socket.end(bomb);
        else flood(socket, `${chunk}${"x".repeat(4 * KILOBYTE)}\r\n`).catch(() => undefined); // as said
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const body = JSON.stringify({
      requests: [{ url: `http://127.0.0.1:${port}/`, maxBytes: 100 * KILOBYTE }],
    });
    const response = await fetch(`${workerUrl()}/v1/fanout`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ results: [{ ok: false, outcome: "too-large" }] });
    server.close();
  });
});

describe("a Worker whose callers may name one host", () => {
  it("asks no other for a fan-out, a crawl or a task", async () => {
    await using worker = await startWorker({
      ATLAS_ORIGIN: demoUrl(),
      AUTH: "open",
      ALLOW_LOOPBACK: "1",
      ALLOWED_HOSTS: "127.0.0.1",
    });
    const { port } = new URL(demoUrl());
    const post = async (path: string, body: object) =>
      await fetch(`${worker.url}${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { Prefer: "wait=20" },
      });
    for (const [host, isListed] of [
      ["127.0.0.1", true],
      ["localhost", false],
    ] as const) {
      const url = `http://${host}:${port}/countries`;
      expect((await post("/v1/fanout", { requests: [{ url }] })).status).toBe(isListed ? 200 : 400);
      expect((await post("/v1/crawls", { startUrls: [url], maxPages: 1 })).status).toBe(isListed ? 202 : 400);
      const task = await (await post("/v1/tasks", { type: "fetch", payload: { url } })).json();
      expect(task).toMatchObject({ state: isListed ? "succeeded" : "failed" });
    }
  });
});

describe("a Worker that may not call this machine", () => {
  it("refuses it in every spelling, and calls nothing", async () => {
    await using deployed = await startWorker({ ATLAS_ORIGIN: "https://atlas.example.com", AUTH: "open" });
    const { port } = new URL(demoUrl());
    const hosts = [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "localhost",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0.0.0.0",
    ];
    for (const host of hosts) {
      const body = JSON.stringify({ requests: [{ url: `http://${host}:${port}/countries` }] });
      const response = await fetch(`${deployed.url}/v1/fanout`, { method: "POST", body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ item: "requests.0.url" });
    }
    expect((await stats()).total.calls).toBe(0);
  });
});
