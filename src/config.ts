import { type Declared, planEndpoints } from "./aggregate/endpoints.ts";
import type { EndpointPlan } from "./aggregate/plan.ts";
import type { Environment } from "./aggregate/upstream-plan.ts";

/** What `manifold.config.ts` exports. Each feature checks its own part. */
export interface Config {
  readonly endpoints: readonly Declared[];
}

/** A configuration, checked and ready to run. */
interface LoadedConfig {
  readonly plans: readonly EndpointPlan[];
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
  const faults: string[] = [];
  const report = (fault: string) => void faults.push(fault);
  const plans = planEndpoints(config.endpoints, environment, report);
  if (faults.length > 0) throw new ConfigError(faults);
  return { plans };
}
