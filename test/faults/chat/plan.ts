import { type Dice, seededDice } from "../../support/random.ts";

/** Something that happens to one of the clients, or to the room. */
export interface Step {
  readonly atMs: number;
  readonly client: number;
  readonly what:
    | { readonly do: "say"; readonly count: number; readonly length: number }
    | { readonly do: "nick" | "who" | "history" | "type" | "leave" | "vanish" | "kick" }
    | { readonly do: "cut"; readonly clientHearsMs: number; readonly roomHearsMs: number }
    | { readonly do: "isolate" | "stall" | "nap"; readonly forMs: number }
    | { readonly do: "reload"; readonly keepsLog: boolean }
    | { readonly do: "kill"; readonly downMs: number; readonly atCommit: boolean }
    | {
        readonly do: "kill-relay";
        /** Which of those that run, as often as one counts through them. */
        readonly which: number;
        readonly downMs: number;
        /** Only its memory is lost. */
        readonly keepsSockets: boolean;
      }
    /** Everything is restarted, and goes by other settings from then on. */
    | { readonly do: "deploy"; readonly downMs: number }
    /** The room and its relays are of different builds for a time. */
    | { readonly do: "skew"; readonly forMs: number }
    /** The clock of the room's machine jumps. */
    | { readonly do: "set-clock"; readonly byMs: number }
    | { readonly do: "fail"; readonly what: "append" | "save" }
    | { readonly do: "evict" };
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
  "kick",
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
  "deploy",
  "skew",
  "set-clock",
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
      return {
        do: deed,
        which: dice.between(0, 3),
        downMs: dice.pick([0, 200, 10_000]),
        keepsSockets: dice.oneIn(3),
      };
    case "deploy":
      return { do: deed, downMs: dice.pick([0, 200, 10_000]) };
    case "skew":
      return { do: deed, forMs: dice.pick([100, 5_000, 30_000]) };
    case "set-clock":
      return { do: deed, byMs: dice.pick([-20_000, -1_000, -50, 1_000, 20_000]) };
    case "fail":
      return { do: deed, what: dice.pick(["append", "append", "save"]) };
    default:
      return { do: deed };
  }
}

const OF_THE_ROOM = new Set<Deed>(["kill", "kill-relay", "deploy", "skew", "set-clock", "evict", "fail"]);

/** A step in words. */
export function describeStep({ atMs, client, what }: Step): string {
  const { do: deed, ...how } = what;
  const details = Object.entries(how).map(([name, value]) => `${name} ${String(value)}`);
  const isOfRoom = OF_THE_ROOM.has(deed);
  return [`${atMs}: ${isOfRoom ? "room" : `client ${client}`} ${deed}`, ...details].join(", ");
}
