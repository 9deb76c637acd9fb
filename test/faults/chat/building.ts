import type { DownCall, LinkAnswer, UpCall } from "../../../src/chat/link.ts";
import type { RoomSettings } from "../../../src/chat/settings.ts";
import type { World } from "../world.ts";
import type { Broken } from "./broken.ts";
import { createMiddleman } from "./middleman.ts";
import { createRelayHost, type RelayHost } from "./relay-host.ts";
import type { CallRelay, HostSocket, RoomHost } from "./room-host.ts";

/** A room with its relays, and calls between them that are late, lost, answered in vain, and made twice. */
export interface Building extends Pick<RoomHost, "isUp" | "open" | "received" | "closed"> {
  killRelay(which: number, downMs: number, keepsSockets: boolean): void;
  /** Restarts the room and all its relays. */
  restart(downMs: number): void;
  /** For a time, relays speak otherwise than their room. */
  skew(forMs: number): void;
}

const LATE: [number, ...number[]] = [0, 1, 20, 300, 7_000];

/** @param makeRoom Makes the room, given how to call relays. */
export function createBuilding(
  world: World,
  { settings, broken }: { readonly settings: () => RoomSettings; readonly broken: Broken | undefined },
  makeRoom: (callRelay: CallRelay) => RoomHost,
): { readonly room: RoomHost; readonly building: Building } {
  const { dice } = world;
  const relays = new Map<number, RelayHost>();
  const places = new Map<HostSocket, RoomHost | RelayHost>();
  // Some worlds have good networks.
  const badness = dice.pick([0, 40, 8]);
  const isBad = () => badness > 0 && dice.oneIn(badness);

  /** Makes a call over the network. */
  const over = <A>(call: () => A | undefined, answer: (answer: A | undefined) => void) => {
    const lateMs = () => (isBad() ? dice.pick(LATE) : dice.between(0, 3));
    const times = isBad() ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      world.after(lateMs(), () => {
        if (isBad()) return world.after(lateMs(), () => answer(undefined));
        const result = call();
        const isLost = isBad();
        if (isLost) world.saw("an answer that was lost");
        return world.after(lateMs(), () => answer(isLost ? undefined : result));
      });
    }
  };

  const { toRoom, toRelay } = createMiddleman(broken, dice);
  let skews = 0;
  /** As it comes from another build. */
  const skewed = <C extends UpCall | DownCall>(call: C): C =>
    skews > 0 ? { ...call, version: call.version + 1 } : call;

  const relayAt = (number: number): RelayHost => {
    const known = relays.get(number);
    if (known !== undefined) return known;
    const made = createRelayHost({
      world,
      number,
      settings,
      broken,
      forward: (call, answer) =>
        over<LinkAnswer>(
          () => (room.isUp ? toRoom(skewed(call), (one) => room.forward(one)) : undefined),
          answer,
        ),
    });
    relays.set(number, made);
    return made;
  };

  const room = makeRoom((call, answer) => {
    const relay = relayAt(call.relay);
    const take = (it: DownCall) => relay.call((one) => one.deliver(it, world.now()));
    over(() => (relay.isUp ? toRelay(skewed(call), take) : undefined), answer);
  });

  return {
    room,
    building: {
      get isUp() {
        return room.isUp;
      },
      open(socket) {
        const place = room.place();
        if (place === "here") {
          places.set(socket, room);
          return room.open(socket);
        }
        world.saw("somebody sent to a relay");
        const relay = relayAt(place);
        if (!relay.isUp) return socket.lose();
        places.set(socket, relay);
        relay.open(socket);
      },
      received: (socket, data) => places.get(socket)?.received(socket, data),
      closed: (socket) => places.get(socket)?.closed(socket),
      killRelay(which, downMs, keepsSockets) {
        const up = [...relays.values()].filter(({ isUp }) => isUp);
        const relay = up[which % up.length];
        if (keepsSockets) relay?.forget();
        else relay?.kill(downMs);
      },
      restart(downMs) {
        room.kill(downMs);
        for (const relay of relays.values()) if (relay.isUp) relay.kill(downMs);
      },
      skew(forMs) {
        world.saw("two builds at once");
        skews += 1;
        world.after(forMs, () => void (skews -= 1));
      },
    },
  };
}
