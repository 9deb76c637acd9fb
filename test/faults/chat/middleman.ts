import type { DownCall, LinkAnswer, UpCall } from "../../../src/chat/link.ts";
import type { Dice } from "../../support/random.ts";
import type { Broken } from "./broken.ts";

type Take<C> = (call: C) => LinkAnswer | undefined;

/** Stands between a room and its relays, and hands on what each says; or spoils what numbers and lives are for. */
interface Middleman {
  toRoom(this: void, call: UpCall, take: Take<UpCall>): LinkAnswer | undefined;
  toRelay(this: void, call: DownCall, take: Take<DownCall>): LinkAnswer | undefined;
}

/** Knows no link yet. */
export function createMiddleman(broken: Broken | undefined, dice: Dice): Middleman {
  /** The last batch that each end took. */
  const taken = new Map<string, number>();
  /** The life that each relay is in. */
  const lives = new Map<number, number>();

  /** Makes every batch look like the next one. */
  const asNext = <C extends UpCall | DownCall>(end: string, call: C, take: Take<C>) => {
    const n = (taken.get(end) ?? 0) + 1;
    const answer = take({ ...call, n });
    if (answer?.isTaken === true) taken.set(end, n);
    return answer;
  };
  const handOn = <C extends UpCall | DownCall>(end: string, call: C, take: Take<C>) => {
    if (broken === "link-takes-twice") return asNext(`${end} ${call.relay} ${call.life}`, call, take);
    const isSkipped = broken === "link-skips" && call.room !== 0 && dice.oneIn(3);
    return isSkipped ? { room: call.room, isTaken: true } : take(call);
  };

  return {
    toRoom(call, take) {
      if (broken !== "link-outlives-relay") return handOn("room", call, take);
      lives.set(call.relay, call.life);
      return asNext(`room ${call.relay}`, { ...call, life: 1 }, take);
    },
    toRelay(call, take) {
      if (broken !== "link-outlives-relay") return handOn("relay", call, take);
      return take({ ...call, life: lives.get(call.relay) ?? call.life });
    },
  };
}
