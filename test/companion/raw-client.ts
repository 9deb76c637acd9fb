import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { until } from "../e2e/product.ts";

/** A TCP client that keeps what it is told. */
export interface RawClient extends Disposable {
  readonly socket: Socket;
  /** All that has come so far, a character a byte. */
  readonly received: string;
  readonly isEnded: boolean;
  say(text: string | Buffer): void;
  /** Waits for a text after those that were waited for. @returns What came before it, and it. */
  hear(text: string): Promise<string>;
  /** Waits until the other side has ended the connection. @returns All that came. */
  end(): Promise<string>;
}

/** Connects to `host:port`, or to the path of a socket. */
export async function rawClient(address: string): Promise<RawClient> {
  const colon = address.lastIndexOf(":");
  const socket =
    colon === -1
      ? connect({ path: address, allowHalfOpen: true })
      : connect({
          host: address.slice(0, colon),
          port: Number(address.slice(colon + 1)),
          allowHalfOpen: true,
        });
  await once(socket, "connect");
  let received = "";
  let heard = 0;
  let isEnded = false;
  socket.on("data", (bytes: Buffer) => (received += bytes.toString("latin1")));
  socket.on("end", () => (isEnded = true));
  socket.on("close", () => (isEnded = true));
  // The end of it is what tests look at.
  socket.on("error", () => undefined);
  return {
    socket,
    get received() {
      return received;
    },
    get isEnded() {
      return isEnded;
    },
    say: (text) => void socket.write(text),
    async hear(text) {
      await until(() => {
        if (isEnded && !received.slice(heard).includes(text))
          throw new Error(`Expected ${JSON.stringify(text)} in ${JSON.stringify(received.slice(heard))}`);
        return received.slice(heard).includes(text);
      });
      const end = received.indexOf(text, heard) + text.length;
      const part = received.slice(heard, end);
      heard = end;
      return part;
    },
    async end() {
      await until(() => isEnded);
      return received;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
