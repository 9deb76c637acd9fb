import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningWorker, startWorker } from "../support/worker.ts";
import { until } from "./product.ts";

const logs: string[] = [];
let worker: RunningWorker;

beforeAll(async () => {
  const local = { ATLAS_ORIGIN: "http://127.0.0.1:9", AUTH: "open", ALLOW_LOOPBACK: "1" };
  worker = await startWorker(local, { onLog: (line) => void logs.push(line) });
});
afterAll(async () => await worker[Symbol.asyncDispose]());

/** Begins to send a file, and stops in the middle. */
async function putHalf(key: string, framing: string, half: string): Promise<Socket> {
  const { hostname, port, host } = new URL(worker.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.on("error", () => undefined); // it is meant to break
  socket.write(`PUT /v1/files/${key} HTTP/1.1\r\nHost: ${host}\r\n${framing}\r\n\r\n${half}`);
  return socket;
}

const HALF = "x".repeat(100_000);

describe("PUT /v1/files/:key, when its client breaks off", () => {
  it.each([
    ["a known length", "reset", "Content-Length: 200000", HALF],
    ["a known length", "end", "Content-Length: 200000", HALF],
    [
      "an unknown length",
      "reset",
      "Transfer-Encoding: chunked",
      `${HALF.length.toString(16)}\r\n${HALF}\r\n`,
    ],
    ["an unknown length", "end", "Transfer-Encoding: chunked", `${HALF.length.toString(16)}\r\n${HALF}\r\n`],
  ])("is no fault of ours and leaves nothing (%s, %s)", async (length, end, framing, half) => {
    const key = `broken/${length.replaceAll(" ", "-")}-${end}`;
    const socket = await putHalf(key, framing, half);
    await until(() => socket.writableLength === 0);
    // A client that is gone is answered by nobody; one that has only stopped hears that it has.
    let heard = "";
    socket.on("data", (bytes) => (heard += String(bytes)));
    if (end === "reset") socket.resetAndDestroy();
    else {
      socket.end();
      await until(() => heard.includes("\r\n\r\n"));
      expect(heard).toMatch(/^HTTP\/1.1 499 /);
    }
    socket.destroy();
    const again = await fetch(`${worker.url}/v1/files/${key}`, {
      method: "PUT",
      body: "whole",
      headers: { "If-None-Match": "*" },
    });
    expect(again.status).toBe(201);
    expect(logs.filter((line) => line.includes("request-failed"))).toEqual([]);
  });
});
