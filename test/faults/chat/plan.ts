import { type Dice, seededDice } from "../../support/random.ts";

/** Something that happens to one of the clients, or to the room. */
export interface Step {
  readonly atMs: number;
  readonly client: number;
  readonly what:
    | { readonly do: "say"; readonly count: number; readonly length: number }
    | { readonly do: "nick" | "who" | "history" | "type" | "leave" | "vanish" }
    | { readonly do: "cut"; readonly clientHearsMs: number; readonly roomHearsMs: number }
    | { readonly do: "isolate" | "stall" | "nap"; readonly forMs: number }
    | { readonly do: "reload"; readonly keepsLog: boolean }
    | { readonly do: "kill"; readonly downMs: number; readonly atCommit: boolean }
    | { readonly do: "kill-relay"; readonly downMs: number }
    | { readonly do: "evict" | "fail" };
}

/** Until when things go wrong. */
export const TROUBLE_MS = 90_000;

/** Clients of one play at most. */
export const MOST_CLIENTS = 4;

/** As often as they stand here. */
const DEEDS = [
  "say",
  "say",
  "say",
  "say",
  "say",
  "say",
  "say",
  "say",
  "nick",
  "who",
  "history",
  "type",
  "leave",
  "vanish",
  "cut",
  "cut",
  "cut",
  "isolate",
  "stall",
  "nap",
  "reload",
  "reload",
  "kill",
  "kill",
  "kill-relay",
  "evict",
  "evict",
  "evict",
  "fail",
] as const;

type Deed = Step["what"]["do"];

/** What happens in the play of a seed. */
export function planOf(seed: number): readonly Step[] {
  const dice = seededDice(seed ^ 0x5eed);
  // Some plays are lively, others have long silences in which a room sleeps.
  const spanMs = dice.pick([5_000, 30_000, TROUBLE_MS]);
  return Array.from({ length: dice.between(3, 40) }, () => ({
    atMs: dice.between(0, spanMs),
    client: dice.between(0, MOST_CLIENTS - 1),
    what: whatOf(dice.pick(DEEDS), dice),
  })).toSorted((a, b) => a.atMs - b.atMs);
}

function whatOf(deed: Deed, dice: Dice): Step["what"] {
  switch (deed) {
    case "say":
      return {
        do: deed,
        count: dice.pick([1, 1, 1, 2, 5, 20, dice.between(1, 200)]),
        length: dice.pick([1, 1, 20, 1_500]),
      };
    case "cut":
      return {
        do: deed,
        clientHearsMs: dice.pick([0, 0, dice.between(0, 2_000), Infinity]),
        roomHearsMs: dice.pick([0, dice.between(0, 15_000), Infinity]),
      };
    case "isolate":
    case "stall":
    case "nap":
      return { do: deed, forMs: dice.pick([500, 5_000, 40_000, 80_000]) };
    case "reload":
      return { do: deed, keepsLog: dice.oneIn(2) };
    case "kill":
      return { do: deed, downMs: dice.pick([0, 200, 10_000]), atCommit: dice.oneIn(2) };
    case "kill-relay":
      return { do: deed, downMs: dice.pick([0, 200, 10_000]) };
    default:
      return { do: deed };
  }
}

/** A step in words. */
export function describeStep({ atMs, client, what }: Step): string {
  const { do: deed, ...how } = what;
  const details = Object.entries(how).map(([name, value]) => `${name} ${String(value)}`);
  const isOfRoom = deed === "kill" || deed === "kill-relay" || deed === "evict" || deed === "fail";
  return [`${atMs}: ${isOfRoom ? "room" : `client ${client}`} ${deed}`, ...details].join(", ");
}
