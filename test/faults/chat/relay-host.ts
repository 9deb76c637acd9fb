import type { LinkAnswer, UpCall } from "../../../src/chat/link.ts";
import { createRelay, type Relay } from "../../../src/chat/relay.ts";
import { farewell } from "../../../src/chat/refusal.ts";
import type { RoomSettings } from "../../../src/chat/settings.ts";
import { CLOSE, PING, PONG } from "../../../src/chat/wire.ts";
import type { World } from "../world.ts";
import type { Broken } from "./broken.ts";
import type { HostSocket, RoomHost } from "./room-host.ts";

/** The machine that a relay runs on: its memory, its sockets, its timer. */
export interface RelayHost extends Pick<RoomHost, "isUp" | "open" | "received" | "closed" | "kill"> {
  /** Loses its memory, and keeps its sockets. */
  forget(): void;
  call<A>(act: (relay: Relay<HostSocket>) => A): A;
}

interface RelayHostOptions {
  readonly world: World;
  readonly number: number;
  /** What a relay goes by that is put together now. */
  settings(this: void): RoomSettings;
  readonly broken: Broken | undefined;
  forward(this: void, call: UpCall, answer: (answer: LinkAnswer | undefined) => void): void;
}

/** A relay looks this often whether it has been out of memory. */
const LOOK_MS = 30_000;

const MOVED = JSON.stringify(farewell(CLOSE.moved));

/** Starts it. */
export function createRelayHost({ world, number, settings, broken, forward }: RelayHostOptions): RelayHost {
  const sockets = new Set<HostSocket>();
  const heard = new Map<HostSocket, number>();
  let relay: Relay<HostSocket> | undefined;
  let lives = 0;
  let isUp = true;
  let stopTimer = () => {};

  const wake = () =>
    (relay ??= createRelay<HostSocket>(
      {
        send: (socket, text) => {
          if (broken === "not-moved" && text === MOVED) return;
          if (sockets.has(socket)) socket.send(text);
        },
        close: (socket, code, reason) => {
          if (broken === "not-moved" && code === CLOSE.moved) return;
          if (sockets.delete(socket)) socket.close(code, reason);
        },
        heardMs: (socket) => heard.get(socket) ?? 0,
        noteClosing: () => undefined,
        makeLife: () => (lives += 1),
        forward(call) {
          const mine = relay;
          forward(call, (answer) => {
            if (mine === relay) turn((one) => one.forwarded(call, answer, world.now()));
          });
        },
      },
      settings(),
      number,
      [...sockets],
    ));

  const turn = <A>(act: (relay: Relay<HostSocket>) => A): A => {
    const awake = wake();
    const result = act(awake);
    stopTimer();
    stopTimer = world.after(awake.dueMs() - world.now(), () => turn((one) => one.tick(world.now())));
    return result;
  };

  return {
    get isUp() {
      return isUp;
    },
    call: turn,
    open(socket) {
      // First: whose sockets are there when it wakes, it has forgotten.
      wake();
      sockets.add(socket);
      turn((one) => one.open(socket, world.now(), {}));
    },
    received(socket, data) {
      if (!sockets.has(socket)) return;
      if (data !== PING) return turn((one) => one.receive(socket, data, world.now()));
      heard.set(socket, world.now());
      socket.send(PONG);
    },
    closed(socket) {
      if (sockets.delete(socket)) turn((one) => one.closed(socket, world.now()));
    },
    forget() {
      world.tell(() => `relay ${number} loses its memory`);
      world.saw("a relay without a memory");
      relay = undefined;
      stopTimer();
      // An alarm of its own wakes it.
      world.after(LOOK_MS, () => turn((one) => one.tick(world.now())));
    },
    kill(downMs) {
      world.tell(() => `relay ${number} is killed`);
      world.saw("a kill of a relay");
      relay = undefined;
      stopTimer();
      isUp = false;
      const all = [...sockets];
      sockets.clear();
      for (const socket of all) socket.lose();
      world.after(downMs, () => void (isUp = true));
    },
  };
}
