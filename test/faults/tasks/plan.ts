import { type Dice, seededDice } from "../../support/random.ts";

/** What a handler does. */
export const DEEDS = [
  "quick",
  "quick",
  "quick",
  "wait",
  "wait",
  "last",
  "fail",
  "fail-once",
  "refuse",
  "later",
  "hang",
  "deaf",
  "record",
  "strange",
  "kill",
] as const;

export type Deed = (typeof DEEDS)[number];

/** The types of tasks of a play: see `types.ts`. */
export const TYPES = ["plain", "plain", "plain", "slot", "keyed", "rated", "brief"] as const;

export type TypeName = (typeof TYPES)[number];

/** Where a shard is when it is killed. */
export const SHARD_POINTS = ["now", "before-commit", "before-send", "after-send", "in-alarm"] as const;
/** Where a worker is. */
export const WORKER_POINTS = ["now", "after-claim", "after-effect", "after-report"] as const;

/** Something that somebody does, or that happens to the shard, its workers or the queue. */
export interface Step {
  readonly atMs: number;
  readonly what:
    | {
        readonly do: "add";
        readonly type: TypeName;
        readonly deed: Deed;
        readonly count: number;
        readonly delayMs: number;
      }
    | { readonly do: "add-once"; readonly type: TypeName; readonly deed: Deed }
    | { readonly do: "group"; readonly deed: Deed; readonly count: number }
    | { readonly do: "cancel" | "retry"; readonly nth: number }
    | { readonly do: "redrive" }
    | { readonly do: "pause" | "resume"; readonly type: TypeName }
    | { readonly do: "kill-shard"; readonly point: (typeof SHARD_POINTS)[number]; readonly downMs: number }
    | {
        readonly do: "kill-worker";
        readonly point: (typeof WORKER_POINTS)[number];
        readonly worker: number;
        readonly downMs: number;
      }
    | { readonly do: "cut"; readonly worker: number; readonly forMs: number }
    | { readonly do: "refuse" | "drop"; readonly forMs: number }
    | { readonly do: "forget" };
}

/** Until when things go wrong. */
export const TROUBLE_MS = 120_000;

/** As often as they stand here. */
const STEPS = [
  "add",
  "add",
  "add",
  "add",
  "add",
  "add-once",
  "group",
  "group",
  "cancel",
  "cancel",
  "retry",
  "redrive",
  "pause",
  "resume",
  "kill-shard",
  "kill-shard",
  "kill-worker",
  "kill-worker",
  "cut",
  "refuse",
  "drop",
  "forget",
] as const;

/** What happens in the play of a seed. */
export function planOf(seed: number): readonly Step[] {
  const dice = seededDice(seed ^ 0x7a5c);
  const spanMs = dice.pick([2_000, 20_000, TROUBLE_MS]);
  return Array.from({ length: dice.between(3, 30) }, () => ({
    atMs: dice.between(0, spanMs),
    what: whatOf(dice.pick(STEPS), dice),
  })).toSorted((a, b) => a.atMs - b.atMs);
}

function whatOf(step: Step["what"]["do"], dice: Dice): Step["what"] {
  const type = dice.pick(TYPES);
  const deed = dice.pick(DEEDS);
  const forMs = dice.pick([200, 5_000, 45_000]);
  const downMs = dice.pick([0, 300, 8_000]);
  switch (step) {
    case "add":
      return {
        do: step,
        type,
        deed,
        count: dice.pick([1, 1, 2, 6]),
        delayMs: dice.pick([0, 0, 0, dice.between(1, 30_000)]),
      };
    case "add-once":
      return { do: step, type, deed };
    case "group":
      return { do: step, deed, count: dice.between(1, 4) };
    case "cancel":
    case "retry":
      return { do: step, nth: dice.between(0, 50) };
    case "pause":
    case "resume":
      return { do: step, type };
    case "kill-shard":
      return { do: step, point: dice.pick(SHARD_POINTS), downMs };
    case "kill-worker":
      return { do: step, point: dice.pick(WORKER_POINTS), worker: dice.between(0, 2), downMs };
    case "cut":
      return { do: step, worker: dice.between(0, 2), forMs };
    case "refuse":
    case "drop":
      return { do: step, forMs };
    case "redrive":
    case "forget":
      return { do: step };
  }
}

/** A step in words. */
export function describeStep({ atMs, what }: Step): string {
  const { do: step, ...how } = what;
  return [`${atMs}: ${step}`, ...Object.entries(how).map(([name, value]) => `${name} ${value}`)].join(", ");
}
