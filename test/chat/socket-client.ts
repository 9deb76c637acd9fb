import type { ClientFrame, Message, RoomFrame } from "../../src/chat/wire.ts";
import { VERSION } from "../../src/chat/wire.ts";
import { cidOf, messagesIn } from "./fake-room.ts";

/** What a test needs of a WebSocket, whichever runtime's it is. */
interface Socket {
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
}

/** A client that keeps what it gets, and waits for what it wants. */
export interface SocketClient {
  readonly frames: readonly RoomFrame[];
  readonly messages: () => readonly Message[];
  /** The code it was closed with. */
  readonly closed: Promise<number>;
  raw(data: string | ArrayBuffer): void;
  say(frame: ClientFrame): void;
  hello(name: string, more?: Partial<Extract<ClientFrame, { t: "hello" }>>): void;
  /** Waits until something is true of what it has got. */
  until(isTrue: () => boolean): Promise<void>;
  /** Waits for a frame of a type, after those that were waited for. */
  next<T extends RoomFrame["t"]>(t: T): Promise<Extract<RoomFrame, { t: T }>>;
  close(code?: number): void;
}

/** Makes a client of an open socket. */
export function clientOf(socket: Socket): SocketClient {
  const frames: RoomFrame[] = [];
  const seen = new Map<string, number>();
  let waiting: (() => void)[] = [];
  const wake = () => {
    const all = waiting;
    waiting = [];
    for (const one of all) one();
  };
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)) as RoomFrame);
    wake();
  });
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener("close", ({ code }) => {
      resolve(code);
      wake();
    }),
  );
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const say = (frame: ClientFrame) => socket.send(JSON.stringify(frame));
  return {
    frames,
    closed,
    until,
    say,
    raw: (data) => socket.send(data),
    hello: (name, more = {}) => say({ t: "hello", v: VERSION, name, cid: cidOf(name), ...more }),
    messages: () => messagesIn(frames),
    async next<T extends RoomFrame["t"]>(t: T) {
      const index = seen.get(t) ?? 0;
      seen.set(t, index + 1);
      const found = () => frames.filter((frame) => frame.t === t)[index];
      await until(() => found() !== undefined);
      // It is of the type that was waited for.
      return found() as Extract<RoomFrame, { t: T }>;
    },
    close: (code) => socket.close(code),
  };
}
