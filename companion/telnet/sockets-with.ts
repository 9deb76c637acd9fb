import type { ClientSocket, SocketConstructor } from "../../src/chat/client/socket.ts";

/** Node's WebSocket takes header fields with the protocols, which no browser's does. */
type NodeWebSocket = new (
  url: string,
  init: { readonly protocols: string[]; readonly headers: Readonly<Record<string, string>> },
) => ClientSocket;

/** Sockets that open with these header fields. */
export function socketsWith(headers: Readonly<Record<string, string>>): SocketConstructor {
  const NodeSocket = WebSocket as unknown as NodeWebSocket; // its types are a browser's
  return class extends NodeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, { protocols, headers });
    }
  };
}
