import type { ClientSocket, SocketConstructor } from "../../../src/chat/client/socket.ts";
import type { ClientFrame, RoomFrame } from "../../../src/chat/wire.ts";

/** A socket whose other end is the test. */
export interface FakeSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: readonly string[];
  readonly isClosed: boolean;
  readonly frames: () => readonly ClientFrame[];
  open(): void;
  say(frame: RoomFrame): void;
  end(code: number): void;
}

/** Sockets that are made from now on, and what makes them. */
export function fakeSockets(): {
  readonly sockets: readonly FakeSocket[];
  readonly WebSocket: SocketConstructor;
} {
  const sockets: FakeSocket[] = [];
  class Fake implements ClientSocket {
    readonly #listeners = new Map<string, (event: never) => void>();
    readonly #sent: string[] = [];
    #isClosed = false;

    constructor(url: string, protocols: string[]) {
      const fire = (type: string, event: object) => this.#listeners.get(type)?.(event as never); // as it was listened for
      const [sent, isClosed] = [this.#sent, () => this.#isClosed];
      sockets.push({
        url,
        protocols,
        sent,
        get isClosed() {
          return isClosed();
        },
        frames: () => sent.map((data) => JSON.parse(data) as ClientFrame),
        open: () => fire("open", {}),
        say: (frame) => fire("message", { data: JSON.stringify(frame) }),
        end: (code) => fire("close", { code, reason: "" }),
      });
    }

    send(data: string): void {
      this.#sent.push(data);
    }

    close(): void {
      this.#isClosed = true;
    }

    addEventListener(type: string, listener: (event: never) => void): void {
      this.#listeners.set(type, listener);
    }
  }
  return { sockets, WebSocket: Fake };
}
