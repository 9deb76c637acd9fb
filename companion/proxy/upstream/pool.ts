import type { Socket } from "node:net";

/** More than this many wait nowhere: a browser opens six to an origin. */
const MOST_OF_ONE = 32;
const MOST = 512;
/** Less than what origins commonly wait before they close. */
const IDLE_MS = 4_000;

/** Connections to origins that have carried an answer and may carry another. */
export interface Pool {
  /** @returns The one that was used last, without any listener of the pool's. */
  take(place: string): Socket | undefined;
  put(place: string, socket: Socket): void;
  /** Closes what waits, and keeps nothing from now on. */
  close(): void;
}

export function createPool(): Pool {
  const waiting = new Map<string, Map<Socket, () => void>>();
  let size = 0;
  let isClosed = false;

  const remove = (place: string, socket: Socket) => {
    const of = waiting.get(place);
    of?.get(socket)?.();
    if (of?.delete(socket) !== true) return;
    size -= 1;
    if (of.size === 0) waiting.delete(place);
  };
  return {
    take(place) {
      const socket = [...(waiting.get(place)?.keys() ?? [])].at(-1);
      if (socket !== undefined) remove(place, socket);
      return socket;
    },
    put(place, socket) {
      const of = waiting.get(place) ?? new Map<Socket, () => void>();
      if (isClosed || socket.destroyed || size >= MOST || of.size >= MOST_OF_ONE) {
        socket.destroy();
        return;
      }
      // Whatever it says while nobody has asked is for nobody.
      const drop = () => {
        remove(place, socket);
        socket.destroy();
      };
      const events = ["data", "end", "error", "close", "timeout"] as const;
      for (const event of events) socket.on(event, drop);
      socket.setTimeout(IDLE_MS).resume();
      waiting.set(place, of);
      size += 1;
      of.set(socket, () => {
        for (const event of events) socket.off(event, drop);
        socket.setTimeout(0);
      });
    },
    close() {
      isClosed = true;
      for (const [place, sockets] of waiting) {
        for (const socket of sockets.keys()) {
          remove(place, socket);
          socket.destroy();
        }
      }
    },
  };
}
