import type { ClientSocket, SocketConstructor } from "../../../src/chat/client/socket.ts";
import { PING, PONG } from "../../../src/chat/wire.ts";
import { fakeRoom } from "../../chat/fake-room.ts";

interface Open {
  readonly fire: (type: string, event: object) => void;
  heard: number;
  isOpen: boolean;
}

/** A room, and sockets that lead to it. What is said leaves it when time passes. */
export function roomSockets() {
  const room = fakeRoom();
  const sockets = new Map<string, Open>();
  let count = 0;
  let isDown = false;
  const closed = new Set<string>();

  const carry = () => {
    for (const [name, socket] of sockets) {
      const frames = room.frames(name);
      while (socket.heard < frames.length) {
        const frame = frames[socket.heard];
        socket.heard += 1;
        if (socket.isOpen) socket.fire("message", { data: JSON.stringify(frame) });
      }
      const close = room.closes.get(name);
      if (close === undefined || !socket.isOpen) continue;
      socket.isOpen = false;
      socket.fire("close", close);
    }
  };

  class RoomSocket implements ClientSocket {
    readonly #name = `socket-${(count += 1)}`;
    readonly #listeners = new Map<string, (event: never) => void>();

    constructor(url: string) {
      if (!url.startsWith("ws:")) throw new Error(`Expected a room, got ${url}`);
      const fire: Open["fire"] = (type, event) => this.#listeners.get(type)?.(event as never); // as it was listened for
      queueMicrotask(() => {
        if (isDown || closed.has(url)) return fire("close", { code: 1006, reason: "" });
        sockets.set(this.#name, { fire, heard: 0, isOpen: true });
        room.open(this.#name);
        fire("open", {});
        carry();
      });
    }

    send(data: string): void {
      const socket = sockets.get(this.#name);
      if (socket?.isOpen !== true) return;
      // The platform answers, and the room sleeps on.
      if (data === PING) return socket.fire("message", { data: PONG });
      room.raw(this.#name, data);
      queueMicrotask(carry);
    }

    close(): void {
      const socket = sockets.get(this.#name);
      if (socket?.isOpen !== true) return;
      socket.isOpen = false;
      room.gone(this.#name);
    }

    addEventListener(type: string, listener: (event: never) => void): void {
      this.#listeners.set(type, listener);
    }
  }

  return {
    WebSocket: RoomSocket satisfies SocketConstructor,
    pass(ms: number) {
      room.pass(ms);
      carry();
    },
    /** Cuts every connection, and lets none through until it is put up again. */
    takeDown() {
      isDown = true;
      for (const [name, socket] of sockets) {
        if (!socket.isOpen) continue;
        socket.isOpen = false;
        room.gone(name);
        socket.fire("close", { code: 1006, reason: "" });
      }
    },
    /** Lets nobody new into the room of a name. */
    close: (name: string) => void closed.add(`ws://${name}`),
    putUp: () => void (isDown = false),
    /** Sends away whoever has a name. */
    kick(name: string) {
      const users = [...room.attachments.values()];
      room.room().kick(users.find((user) => user.name === name)?.uid ?? "", room.now());
      carry();
    },
  };
}
