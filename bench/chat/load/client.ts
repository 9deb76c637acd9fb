import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Dialect, Visitor } from "./dialect.ts";
import { clientFrame, CONTROL, frameReader } from "./frames.ts";
import { readMessages } from "./marker.ts";

/** Where to connect, and what to say there. */
export interface Destination {
  readonly port: number;
  readonly room: string;
  readonly dialect: Dialect;
}

/** What a client tells of itself. */
export interface Listener {
  onWelcome(epoch: string | undefined): void;
  /** @param isReplay Whether it comes before the welcome. */
  onMessage(message: number, isReplay: boolean): void;
  /** It said no, or the connection is lost. Not told of what `drop` does. */
  onFault(what: string): void;
}

/** One connection to a room. In the room, one that is only counted reads once, and then waits to be told to. */
export interface Client {
  readonly isIn: boolean;
  /** @param frame Whole, as `clientFrame` gives it. */
  send(frame: Buffer): void;
  /** Reads once more. */
  readOn(): void;
  /** Reads no more. */
  pause(): void;
  /** Breaks the connection off, as a network does. */
  drop(): void;
}

/** All sockets read into it in turn: what has been read is done with before the next read. */
const SHARED = Buffer.allocUnsafe(256 * 1024);
const HEAD_END = "\r\n\r\n";
/** Each address of ours has some 28,000 ports. */
const CLIENTS_PER_ADDRESS = 5_000;

/**
 * Connects a client. Made to cost as little as it can: a socket without streams and events, one buffer for all, and
 * messages found in frames without parsing them.
 */
export function connectClient(
  { port, room, dialect }: Destination,
  visitor: Visitor,
  listener: Listener,
): Client {
  let isOpen = false;
  let isIn = false;
  let isDropped = false;
  let head = "";
  const fail = (what: string) => {
    if (isDropped) return;
    isDropped = true;
    socket.destroy();
    listener.onFault(what);
  };
  const enter = (epoch?: string) => {
    isIn = true;
    listener.onWelcome(epoch);
  };
  const hear = (text: string) => {
    const heard = dialect.hear(text);
    if (heard.kind === "answer") socket.write(clientFrame(heard.text));
    if (heard.kind === "refusal") listener.onFault(heard.what);
    if (heard.kind === "welcome") enter(heard.epoch);
  };
  const onMessage = (message: number) => listener.onMessage(message, !isIn);
  const read = frameReader((opcode, bytes, start, end) => {
    if (opcode === CONTROL.ping) socket.write(clientFrame(bytes.subarray(start, end), CONTROL.pong));
    else if (opcode === CONTROL.close) fail(`closed with ${closeCode(bytes, start, end)}`);
    else if (opcode !== CONTROL.pong && readMessages(bytes, start, end, onMessage) === 0) {
      hear(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
    }
  });
  const open = (piece: Buffer) => {
    head += piece.toString("latin1");
    const end = head.indexOf(HEAD_END);
    if (end === -1) return;
    if (!head.startsWith("HTTP/1.1 101")) return fail(`not upgraded: ${head.slice(0, 200)}`);
    isOpen = true;
    const greeting = dialect.greet?.(visitor);
    if (greeting !== undefined) socket.write(clientFrame(greeting));
    if (dialect.isInAtOnce === true) enter();
    read(Buffer.from(head.slice(end + HEAD_END.length), "latin1"));
  };
  const socket = connect({
    host: "127.0.0.1",
    port,
    localAddress: `127.0.0.${2 + Math.floor(visitor.index / CLIENTS_PER_ADDRESS)}`,
    noDelay: true,
    onread: {
      buffer: SHARED,
      callback(length) {
        const piece = SHARED.subarray(0, length);
        try {
          if (isOpen) read(piece);
          else open(piece);
        } catch (error) {
          fail(String(error));
        }
        return visitor.isTimed || !isIn;
      },
    },
  });
  socket.on("error", (error) => fail(error.message));
  socket.on("close", () => fail("the connection was lost"));
  socket.write(upgradeRequest(dialect, room));

  return {
    get isIn() {
      return isIn && !isDropped;
    },
    send: (frame) => void socket.write(frame),
    readOn: () => void socket.resume(),
    pause: () => void socket.pause(),
    drop() {
      isDropped = true;
      socket.resetAndDestroy();
    },
  };
}

function upgradeRequest({ pathOf, subprotocol }: Dialect, room: string): string {
  const lines = [
    `GET ${pathOf(room)} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
  ];
  return lines.join("\r\n") + HEAD_END;
}

function closeCode(bytes: Uint8Array, start: number, end: number): number {
  // RFC 6455, 7.1.5: without a code.
  return end - start < 2 ? 1005 : (bytes[start] ?? 0) * 256 + (bytes[start + 1] ?? 0);
}
