import type { DownCall, LinkAnswer } from "../../../src/chat/link.ts";
import type { RoomSettings } from "../../../src/chat/settings.ts";
import type { World } from "../world.ts";
import type { Broken } from "./broken.ts";
import { createMiddleman } from "./middleman.ts";
import { createRelayHost, type RelayHost } from "./relay-host.ts";
import type { CallRelay, HostSocket, RoomHost } from "./room-host.ts";

/** A room with its relays, and calls between them that are late, lost, answered in vain, and made twice. */
export interface Building extends Pick<RoomHost, "isUp" | "open" | "received" | "closed"> {
  killRelay(downMs: number): void;
}

const LATE: [number, ...number[]] = [0, 1, 20, 300, 7_000];

/** @param makeRoom Makes the room, given how to call relays. */
export function createBuilding(
  world: World,
  { settings, broken }: { readonly settings: RoomSettings; readonly broken: Broken | undefined },
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

  const relayAt = (number: number): RelayHost => {
    const known = relays.get(number);
    if (known !== undefined) return known;
    const made = createRelayHost({
      world,
      number,
      settings,
      broken,
      forward: (call, answer) =>
        over<LinkAnswer>(() => (room.isUp ? toRoom(call, (one) => room.forward(one)) : undefined), answer),
    });
    relays.set(number, made);
    return made;
  };

  const room = makeRoom((call, answer) => {
    const relay = relayAt(call.relay);
    const take = (it: DownCall) => relay.call((one) => one.deliver(it, world.now()));
    over(() => (relay.isUp ? toRelay(call, take) : undefined), answer);
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
      killRelay(downMs) {
        for (const relay of relays.values()) if (relay.isUp) return relay.kill(downMs);
      },
    },
  };
}
