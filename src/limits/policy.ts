import { suggest } from "../http/nearest.ts";

/** How much a key may take: at most `capacity` tokens at once, and `refill` over time. */
export interface LimitPolicy {
  /** What a caller's headers and the configuration call it. */
  readonly name: string;
  /** The most tokens there are when nobody has taken any for a while; a cost above it can never be paid. */
  readonly capacity: number;
  /** `tokens` come back every `perMs` milliseconds, evenly. */
  readonly refill: { readonly tokens: number; readonly perMs: number };
  /** The longest that a caller may be made to wait; 30 s by default. */
  readonly maxWaitMs?: number;
  /** How many may wait for one key; 1,000 by default. */
  readonly maxWaiters?: number;
  /** What a caller gets when the limiter itself fails: let through (`open`) or turned away (`closed`). */
  readonly onFailure: "open" | "closed";
}

/** A policy with everything said. */
export type CompletePolicy = Required<LimitPolicy>;

/** The limits of a configuration, checked. */
export interface PlannedLimits {
  readonly policies: readonly CompletePolicy[];
  /** The limit that each caller of `/v1` stands under. */
  readonly v1Limit: string | undefined;
}

/** The policies that one key stands under at once; at least one. */
export type PolicySet = readonly [CompletePolicy, ...CompletePolicy[]];

const DEFAULTS = { maxWaitMs: 30_000, maxWaiters: 1_000 };

/** Beyond it, sums of ticks would no longer be exact (see `tat.ts`). */
const MOST_TICKS = 2 ** 52;

const ON_FAILURE = ["open", "closed"];

const MEMBERS = ["name", "capacity", "refill", "maxWaitMs", "maxWaiters", "onFailure"];
const OF_REFILL = ["tokens", "perMs"];

/** Must stand in a path, in a header field and, joined with `+`, in the name of an object. */
const NAME = /^[a-z][\w-]{0,63}$/i;

/**
 * Checks the policies of a configuration and fills in what they leave out.
 *
 * @param report Is told every fault: the policy, the rule, the value.
 */
export function planPolicies(
  policies: readonly LimitPolicy[],
  report: (fault: string) => void,
): readonly CompletePolicy[] {
  return policies.map((policy, index) => {
    const { name } = policy;
    const reportPolicy = (fault: string) => report(`limit \`${name}\`: ${fault}`);
    if (policies.findIndex((other) => other.name === name) < index) {
      reportPolicy("expected each name once, got it twice");
    }
    const plan = { ...DEFAULTS, ...policy };
    checkPolicy(plan, reportPolicy);
    return plan;
  });
}

/** Takes nothing for granted: who writes the configuration may have no type checker. */
function checkPolicy(policy: Partial<CompletePolicy>, report: (fault: string) => void): void {
  const { name, capacity, maxWaitMs, maxWaiters, onFailure } = policy;
  const refill: Partial<CompletePolicy["refill"]> = { ...policy.refill };
  for (const member of Object.keys(policy)) {
    if (!MEMBERS.includes(member)) report(`there is no \`${member}\`; ${suggest(member, MEMBERS)}`);
  }
  for (const member of Object.keys(refill)) {
    if (!OF_REFILL.includes(member))
      report(`there is no \`refill.${member}\`; ${suggest(member, OF_REFILL)}`);
  }
  if (name === undefined || !NAME.test(name)) {
    report("expected a name of at most 64 letters, digits, `_` and `-` that begins with a letter");
  }
  const integers = { capacity, "refill.tokens": refill.tokens, "refill.perMs": refill.perMs };
  for (const [member, value] of Object.entries(integers)) {
    if (!(Number.isSafeInteger(value) && Number(value) >= 1)) {
      report(`expected \`${member}\` to be an integer ≥ 1, got ${shown(value)}`);
    }
  }
  const ticks = Number(capacity) * Number(refill.perMs);
  if (ticks > MOST_TICKS) {
    report(`expected \`capacity\` × \`refill.perMs\` to be at most 2^52, got ${ticks}`);
  }
  for (const [member, value] of Object.entries({ maxWaitMs, maxWaiters })) {
    if (!(Number.isSafeInteger(value) && Number(value) >= 0)) {
      report(`expected \`${member}\` to be an integer ≥ 0, got ${shown(value)}`);
    }
  }
  if (onFailure === undefined || !ON_FAILURE.includes(onFailure)) {
    const meant = suggest(onFailure ?? "", ON_FAILURE);
    report(`expected \`onFailure\` to be \`open\` or \`closed\`, got \`${onFailure}\`; ${meant}`);
  }
}

/** A value as the configuration has it, with the quotes of a text. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Between the names of a set, in a path and in an object's name. */
const SEPARATOR = "+";

/**
 * The policies that `names` means: a name, several, or several joined with `+`. Each once, in the configuration's
 * order, so that the same set is the same set however it is written.
 *
 * @returns The first name that there is no policy of, and which was probably meant.
 */
export function findPolicies(
  known: readonly CompletePolicy[],
  names: string | readonly string[],
): { readonly set: PolicySet } | { readonly unknown: string } {
  const wanted = typeof names === "string" ? names.split(SEPARATOR) : names;
  for (const name of wanted) {
    if (known.some((policy) => policy.name === name)) continue;
    const all = known.map((policy) => policy.name);
    return { unknown: `there is no limit \`${name}\`; ${suggest(name, all)}` };
  }
  const [first, ...rest] = known.filter(({ name }) => wanted.includes(name));
  return first === undefined
    ? { unknown: "expected at least one limit, got none" }
    : { set: [first, ...rest] };
}

/** What a set is called: its names, joined. */
export function nameOf(set: PolicySet): string {
  return set.map(({ name }) => name).join(SEPARATOR);
}
