import { SUBPROTOCOL } from "../wire.ts";

/** As much of a standard WebSocket as a client needs: a browser's, Node's, workerd's. */
export interface ClientSocket {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
}

/** Opens a socket, as `new WebSocket(url, protocols)` does. */
export type SocketConstructor = new (url: string, protocols: string[]) => ClientSocket;

/** What becomes of a socket. */
export interface SocketListener {
  readonly opened: () => void;
  readonly received: (data: unknown) => void;
  /** Once, however it ends; also when it could not be opened. */
  readonly closed: (code: number, reason: string) => void;
}

/** A socket that is being opened, or is open. */
export interface OpenSocket {
  send(data: string): void;
  close(): void;
}

/** What a browser says of a connection that is gone without a word. */
const ABNORMAL = 1006;

/** Opens a socket at an address that may yet have to be fetched; closing it gives up on either. */
export function openSocket(
  Socket: SocketConstructor,
  url: (signal: AbortSignal) => string | Promise<string>,
  { opened, received, closed }: SocketListener,
): OpenSocket {
  let socket: ClientSocket | undefined;
  const leaving = new AbortController();

  const open = async () => {
    const address = await url(leaving.signal);
    if (leaving.signal.aborted) return;
    socket = new Socket(address, [SUBPROTOCOL]);
    socket.addEventListener("open", opened);
    socket.addEventListener("message", ({ data }) => received(data));
    socket.addEventListener("close", ({ code, reason }) => closed(code, reason));
    // An error is followed by a close.
    socket.addEventListener("error", () => undefined);
  };
  open().catch((error: unknown) => closed(ABNORMAL, error instanceof Error ? error.message : String(error)));

  return {
    send: (data) => socket?.send(data),
    close() {
      leaving.abort();
      socket?.close();
    },
  };
}
