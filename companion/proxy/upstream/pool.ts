import type { Socket } from "node:net";

/** More than this many wait nowhere: a browser opens six to an origin, and many may be behind us. */
const MOST_OF_ONE = 128;
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
  const waiting = new Map<string, Waiting[]>();
  let size = 0;
  let isClosed = false;

  const remove = (place: string, one: Waiting) => {
    const of = waiting.get(place);
    const at = of?.lastIndexOf(one) ?? -1;
    if (of === undefined || at === -1) return;
    of.splice(at, 1);
    size -= 1;
    if (of.length === 0) waiting.delete(place);
    one.leave();
  };
  return {
    take(place) {
      for (;;) {
        const last = waiting.get(place)?.at(-1);
        if (last === undefined) return undefined;
        remove(place, last);
        // One that has failed says so later in this turn of the loop.
        if (!last.socket.destroyed) return last.socket;
      }
    },
    put(place, socket) {
      const of = waiting.get(place) ?? [];
      if (isClosed || socket.destroyed || size >= MOST || of.length >= MOST_OF_ONE) {
        socket.destroy();
        return;
      }
      // Whatever it says while nobody has asked is for nobody.
      const drop = () => {
        remove(place, one);
        socket.destroy();
      };
      const one = {
        socket,
        leave() {
          for (const event of ENDINGS) socket.off(event, drop);
          socket.setTimeout(0);
        },
      };
      for (const event of ENDINGS) socket.on(event, drop);
      socket.setTimeout(IDLE_MS).resume();
      waiting.set(place, of);
      size += 1;
      of.push(one);
    },
    close() {
      isClosed = true;
      for (const [place, all] of waiting) {
        for (let one = all.at(-1); one !== undefined; one = all.at(-1)) {
          remove(place, one);
          one.socket.destroy();
        }
      }
    },
  };
}

/** A connection that nobody uses. */
interface Waiting {
  readonly socket: Socket;
  /** Takes the pool's listeners off it. */
  leave(): void;
}

/** After any of these, nobody can ask on it again. */
const ENDINGS = ["data", "end", "error", "close", "timeout"] as const;
