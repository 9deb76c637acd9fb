import * as z from "zod";
import { type Declared, planEndpoints } from "./aggregate/endpoints.ts";
import type { EndpointPlan } from "./aggregate/plan.ts";
import type { Environment } from "./aggregate/upstream-plan.ts";
import { type PlannedRooms, planRooms, type RoomsConfig } from "./chat/plan.ts";
import { type CrawlsConfig, planCrawls } from "./crawl/config.ts";
import type { CrawlSettings } from "./crawl/plan.ts";
import { formFaults } from "./http/form-faults.ts";
import { findPolicies, type LimitPolicy, type PlannedLimits, planPolicies } from "./limits/policy.ts";
import { type CronEntry, planCron } from "./tasks/cron.ts";
import { type PlannedTasks, planTasks } from "./tasks/plan.ts";
import type { TaskType } from "./tasks/define.ts";

/** What `manifold.config.ts` exports. Each feature checks its own part. */
export interface Config {
  readonly endpoints: readonly Declared[];
  /** What keys may be limited by: in `/v1/limits/:policy`, and where a name is asked for. */
  readonly limits?: readonly LimitPolicy[];
  /** The limit that each caller of `/v1` stands under; none by default. */
  readonly v1Limit?: string;
  /** What rooms of chat go by. */
  readonly rooms?: RoomsConfig;
  /** What crawls go by. */
  readonly crawls?: CrawlsConfig;
  /** The types of tasks there are. */
  readonly tasks?: readonly TaskType[];
  /** Tasks by the clock. */
  readonly cron?: readonly CronEntry[];
}

const object = z.custom<object>((value) => typeof value === "object" && value !== null, "an object");
const Endpoint = z.custom<Declared>(
  (value) => object.safeParse((value as Partial<Declared> | null)?.definition).success,
  'what `endpoint("GET /api/…")` returns',
);

/** The form of all of it, as far as no feature checks its own part. */
const ConfigForm = z.strictObject({
  endpoints: z.array(Endpoint),
  limits: z.array(object).optional(),
  v1Limit: z.string().optional(),
  rooms: z.unknown().optional(),
  crawls: object.optional(),
  tasks: z.array(object).optional(),
  cron: z
    .array(z.strictObject({ cron: z.string(), type: z.string(), payload: z.unknown().optional() }))
    .optional(),
});

/** A configuration, checked and ready to run. */
interface LoadedConfig {
  readonly plans: readonly EndpointPlan[];
  readonly limits: PlannedLimits;
  readonly rooms: PlannedRooms;
  readonly tasks: PlannedTasks;
  readonly crawls: CrawlSettings;
  readonly cron: readonly CronEntry[];
}

/** A configuration cannot be used. The message has a line a fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/**
 * Checks the whole configuration before anything runs.
 *
 * @throws {ConfigError} Naming every fault.
 */
export function loadConfig(config: Config, environment: Environment): LoadedConfig {
  // Lists that are none would be faults all over.
  const misshapen = formFaults(ConfigForm, config);
  if (misshapen.length > 0) throw new ConfigError(misshapen);
  const { endpoints, limits = [], v1Limit, rooms = {}, tasks = [], crawls = {}, cron = [] } = config;
  const faults: string[] = [];
  const report = (fault: string) => void faults.push(fault);
  const policies = planPolicies(limits, report);
  const names = policies.map(({ name }) => name);
  const plans = planEndpoints(endpoints, environment, report, names);
  const found = v1Limit === undefined ? undefined : findPolicies(policies, v1Limit);
  if (found !== undefined && "unknown" in found) report(`v1Limit: ${found.unknown}`);
  const plannedRooms = planRooms(rooms, report);
  const plannedTasks = planTasks(tasks, report, readLease(environment, report));
  const crawlSettings = planCrawls(crawls, report);
  const plannedCron = planCron(cron, plannedTasks, report);
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    plans,
    limits: { policies, v1Limit },
    rooms: plannedRooms,
    tasks: plannedTasks,
    crawls: crawlSettings,
    cron: plannedCron,
  };
}

/** How long a worker of tasks may be silent, where `TASK_LEASE_MS` says so. */
function readLease({ variables }: Environment, report: (fault: string) => void): number | undefined {
  const given = variables["TASK_LEASE_MS"];
  if (given === undefined) return undefined;
  const leaseMs = Number(given);
  if (Number.isSafeInteger(leaseMs) && leaseMs > 0) return leaseMs;
  report(`expected the variable \`TASK_LEASE_MS\` to be an integer ≥ 1, got ${JSON.stringify(given)}`);
  return undefined;
}
