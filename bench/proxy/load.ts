import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { quantile } from "../harness/statistics.ts";
import { WrongAnswerError } from "../harness/bench.ts";
import { type Answer, responseReader } from "../load/response-reader.ts";
import { BODY, BULK } from "./origin.ts";

/** Through which proxy, to which origin, and how hard. */
export interface ProxyLoad {
  /** As `host:port`, both. */
  readonly proxy: string;
  readonly origin: string;
  readonly atOnce: number;
  readonly durationMs: number;
}

/** What a load of requests or tunnels saw. */
export interface ProxyReport {
  readonly count: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

const PATIENCE_MS = 10_000;

/** Gets 1 KiB over and over on connections that are kept, where the proxy keeps them. */
export async function getAgain(load: ProxyLoad): Promise<ProxyReport> {
  const request = `GET http://${load.origin}/ HTTP/1.1\r\nHost: ${load.origin}\r\n\r\n`;
  return await closedLoop(load, () => {
    let socket: Socket | undefined;
    return {
      async turn() {
        const isKept = socket?.readyState === "open";
        socket = isKept && socket !== undefined ? socket : await open(load.proxy);
        socket.write(request);
        let answer = await answerOf(socket);
        // A proxy may close a connection it has answered on at any time: whoever asks then asks anew.
        if (answer === "closed" && isKept) {
          socket = await open(load.proxy);
          socket.write(request);
          answer = await answerOf(socket);
        }
        if (answer === "closed") throw new WrongAnswerError("the connection was closed without an answer");
        const { status, body } = answer;
        if (status !== 200 || !body.equals(BODY))
          throw new WrongAnswerError(`status ${status}, or another body`);
      },
      end: () => void socket?.destroy(),
    };
  });
}

/** Opens a tunnel, sends a few bytes to and fro, and closes it. */
export async function openTunnels(load: ProxyLoad): Promise<ProxyReport> {
  return await closedLoop(load, () => ({
    async turn() {
      const socket = await openTunnel(load);
      socket.write("to and fro");
      const [echoed] = (await once(socket, "data")) as [Buffer];
      if (String(echoed) !== "to and fro") throw new WrongAnswerError(`the echo was ${String(echoed)}`);
      socket.destroy();
    },
    end: () => undefined,
  }));
}

/** Pours bytes through a few tunnels. @returns Bits a second. */
export async function pour(load: ProxyLoad): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: load.atOnce }, async () => await openTunnel(load)));
  let bytes = 0;
  const beganMs = performance.now();
  for (const socket of sockets) {
    socket.on("data", (piece: Buffer) => (bytes += piece.length));
    socket.write(BULK);
  }
  await new Promise((resolve) => setTimeout(resolve, load.durationMs));
  const elapsedMs = performance.now() - beganMs;
  for (const socket of sockets) socket.destroy();
  if (bytes === 0) throw new WrongAnswerError("nothing came through");
  return (bytes * 8 * 1_000) / elapsedMs;
}

interface Worker {
  readonly turn: () => Promise<void>;
  readonly end: () => void;
}

async function closedLoop({ atOnce, durationMs }: ProxyLoad, start: () => Worker): Promise<ProxyReport> {
  const latenciesMs: number[] = [];
  const beganMs = performance.now();
  const work = async () => {
    const { turn, end } = start();
    let nowMs = beganMs;
    while (nowMs < beganMs + durationMs) {
      const sentMs = nowMs;
      await turn();
      nowMs = performance.now();
      latenciesMs.push(nowMs - sentMs);
    }
    end();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const elapsedMs = performance.now() - beganMs;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    perSecond: (sorted.length * 1_000) / elapsedMs,
    p99Ms: quantile(sorted, 0.99),
  };
}

async function open(address: string): Promise<Socket> {
  const { hostname, port } = new URL(`http://${address}`);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("Nothing came in time")));
  await once(socket, "connect");
  // Whoever waits hears of it by the end.
  socket.on("error", () => undefined);
  return socket;
}

async function openTunnel({ proxy, origin }: ProxyLoad): Promise<Socket> {
  const socket = await open(proxy);
  socket.write(`CONNECT ${origin} HTTP/1.1\r\nHost: ${origin}\r\n\r\n`);
  const [head] = (await once(socket, "data")) as [Buffer];
  if (!/^HTTP\/1\.[01] 200 [^]*\r\n\r\n$/.test(String(head))) throw new WrongAnswerError(String(head));
  return socket;
}

/** The next answer, or that none comes. */
async function answerOf(socket: Socket): Promise<Answer | "closed"> {
  const read = responseReader();
  const { promise, resolve } = Promise.withResolvers<Answer | "closed">();
  const onClose = () => resolve("closed");
  let closes = false;
  const onData = (piece: Buffer) => {
    closes ||= /\r\nconnection: close\r\n/i.test(piece.toString("latin1", 0, 500));
    const answer = read(piece);
    if (answer !== undefined) resolve(answer);
  };
  socket.on("data", onData).once("close", onClose);
  const answer = await promise;
  socket.off("data", onData).off("close", onClose);
  if (closes) socket.destroy();
  return answer;
}
