import { suggest } from "../http/nearest.ts";
import { DEFAULT_POLICY, type TaskPolicy, type TaskType } from "./define.ts";
import { DEFAULT_SETTINGS } from "./settings.ts";

/** The task types of a configuration, checked. */
export interface PlannedTasks {
  readonly types: ReadonlyMap<string, TaskType>;
  readonly policies: Readonly<Record<string, TaskPolicy>>;
  /** How often a worker shows that it is alive. */
  readonly beatMs: number;
}

const NAME = /^[a-z][\w-]{0,63}$/i;
/** A consumer of a Queue has 15 minutes. */
const MOST_TIMEOUT_MS = 14 * 60_000;
const OF_POLICY = ["attempts", "backoff", "timeoutMs", "rate", "concurrency", "startWithinMs", "retentionMs"];
const MEMBERS = ["name", "payload", "handle", "concurrencyKey", "cleanUp", ...OF_POLICY];

/**
 * Checks task types and fills in what they leave out.
 *
 * @param report Is told every fault: the type, the rule, the value.
 */
export function planTasks(
  types: readonly TaskType[],
  report: (fault: string) => void,
  leaseMs = DEFAULT_SETTINGS.leaseMs,
): PlannedTasks {
  const planned = new Map<string, TaskType>();
  const policies: Record<string, TaskPolicy> = {};
  for (const type of types) {
    const reportType = (fault: string) => report(`task \`${type.name}\`: ${fault}`);
    if (!NAME.test(type.name)) reportType("expected a name of at most 64 letters, digits, `_` and `-`");
    if (planned.has(type.name)) reportType("expected each name once, got it twice");
    planned.set(type.name, type);
    checkMembers(type, reportType);
    const policy = policyOf(type);
    checkPolicy(policy, reportType);
    policies[type.name] = policy;
  }
  return { types: planned, policies, beatMs: Math.ceil(leaseMs / 3) };
}

/** A configuration may be in JavaScript, or come with a cast. */
function checkMembers(type: TaskType, report: (fault: string) => void): void {
  for (const member of Object.keys(type)) {
    if (!MEMBERS.includes(member)) report(`there is no \`${member}\`; ${suggest(member, MEMBERS)}`);
  }
  const given: Partial<TaskType> = type;
  if (typeof given.payload?.["~standard"]?.validate !== "function")
    report("expected `payload` to be a schema, as Zod makes them (https://standardschema.dev)");
  for (const member of ["handle", "concurrencyKey", "cleanUp"] as const) {
    const value = given[member];
    if (typeof value !== "function" && (member === "handle" || value !== undefined))
      report(`expected \`${member}\` to be a function, got ${typeof value}`);
  }
  if (given.concurrencyKey !== undefined && given.concurrency === undefined)
    report("expected `concurrency` to say how many of a `concurrencyKey` may run");
}

function policyOf(type: TaskType): TaskPolicy {
  // What is there and says nothing is as good as left out.
  const said = Object.fromEntries(Object.entries(type).filter(([, value]) => value !== undefined));
  const { attempts, backoff, timeoutMs, rate, concurrency, startWithinMs, retentionMs } = {
    ...DEFAULT_POLICY,
    ...said,
  };
  return { attempts, backoff, timeoutMs, rate, concurrency, startWithinMs, retentionMs };
}

function checkPolicy(policy: TaskPolicy, report: (fault: string) => void): void {
  const { attempts, backoff, timeoutMs, rate, concurrency, startWithinMs, retentionMs } = policy;
  const integers = {
    attempts,
    ...integersOf("backoff", backoff, ["baseMs", "capMs"], report),
    timeoutMs,
    retentionMs,
    ...(rate !== undefined && integersOf("rate", rate, ["count", "perMs"], report)),
    ...(concurrency !== undefined && { concurrency }),
    ...(startWithinMs !== undefined && { startWithinMs }),
  };
  for (const [member, value] of Object.entries(integers)) {
    if (!(Number.isSafeInteger(value) && value >= 1))
      report(`expected \`${member}\` to be an integer ≥ 1, got ${value}`);
  }
  if (timeoutMs > MOST_TIMEOUT_MS)
    report(`expected \`timeoutMs\` to be at most ${MOST_TIMEOUT_MS}, got ${timeoutMs}`);
}

/** The members of what is itself a member, by their full names; those that mean nothing are told of. */
function integersOf(
  name: string,
  value: object,
  members: readonly string[],
  report: (fault: string) => void,
): Record<string, unknown> {
  // The types say that it is an object; a configuration may be in JavaScript.
  const given: Readonly<Record<string, unknown>> = { ...value };
  for (const member of Object.keys(given)) {
    if (!members.includes(member)) report(`there is no \`${name}.${member}\`; ${suggest(member, members)}`);
  }
  return Object.fromEntries(members.map((member) => [`${name}.${member}`, given[member]]));
}
