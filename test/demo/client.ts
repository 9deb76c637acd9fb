import { request } from "node:http";
import { connect } from "node:net";
import { expect, vi } from "vitest";
import type { StatsReport } from "../../demo/stats.ts";

/** Gets a JSON answer. */
export async function get(
  url: string,
  init: RequestInit = {},
): Promise<{ response: Response; body: unknown }> {
  const response = await fetch(url, init);
  return { response, body: await response.json() };
}

/** Sends a control command. */
export async function setFault(
  demo: { url: string },
  command: unknown,
): Promise<{ response: Response; body: unknown }> {
  return get(`${demo.url}/_control`, { method: "POST", body: JSON.stringify(command) });
}

/** The counts as they are now. */
export async function statsOf(demo: { url: string }): Promise<StatsReport> {
  const { body } = await get(`${demo.url}/_stats`);
  // The shape is the server's own.
  return body as StatsReport;
}

/** Waits until a route has this many open requests. */
export async function untilOpen(demo: { url: string }, route: string, open: number): Promise<void> {
  await vi.waitFor(async () => expect((await statsOf(demo)).routes[route]?.open).toBe(open), { interval: 2 });
}

/** A call under way. */
export interface Call {
  readonly isAnswered: () => boolean;
  /** Cuts the connection. */
  readonly leave: () => void;
}

/** Sends a request on a connection of its own, and waits for nothing. */
export function startCall(url: string, headers: Record<string, string> = {}): Call {
  const call = request(url, { headers, agent: false });
  let isAnswered = false;
  call.on("response", () => (isAnswered = true));
  // Being cut off is what the caller of `leave` wants.
  call.on("error", () => undefined);
  call.end();
  return { isAnswered: () => isAnswered, leave: () => void call.destroy() };
}

/** What came over the wire, and how the connection ended: FIN or RST. */
export interface Wire {
  readonly head: string;
  readonly body: string;
  readonly end: "fin" | "reset";
}

/** Sends one request over a socket of its own and reads until the connection ends. */
export async function readWire(demo: { port: number }, path: string): Promise<Wire> {
  const socket = connect(demo.port, "127.0.0.1");
  socket.setEncoding("utf8");
  let received = "";
  socket.on("data", (text: string) => (received += text));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n`);
  const { promise, resolve, reject } = Promise.withResolvers<Wire["end"]>();
  socket.on("end", () => resolve("fin"));
  socket.on("error", (error: NodeJS.ErrnoException) =>
    error.code === "ECONNRESET" ? resolve("reset") : reject(error),
  );
  const end = await promise;
  const [head = "", body = ""] = received.split("\r\n\r\n");
  return { head, body, end };
}
