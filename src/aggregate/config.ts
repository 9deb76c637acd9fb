import type { EndpointDefinition } from "./definition.ts";
import { checkLimits } from "./explain.ts";
import { type EndpointPlan, planEndpoint } from "./plan.ts";
import { type Environment, upstreamPlanner } from "./upstream-plan.ts";

/** What `manifold.config.ts` exports. */
export interface Config {
  /** Each made by `endpoint`. */
  readonly endpoints: readonly { readonly definition: EndpointDefinition }[];
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
 * @throws {ConfigError} Naming every fault: the endpoint, the branch, the rule, the value, the nearest known name.
 */
export function loadConfig({ endpoints }: Config, environment: Environment): readonly EndpointPlan[] {
  const faults: string[] = [];
  const planUpstream = upstreamPlanner(environment);
  const plans = endpoints.map(({ definition }, index) => {
    const report = (fault: string) => void faults.push(`${definition.route}: ${fault}`);
    if (endpoints.findIndex((other) => other.definition.route === definition.route) < index) {
      report("expected each route once, got it twice");
    }
    const plan = planEndpoint(definition, planUpstream, report);
    for (const fault of checkLimits(plan)) report(fault);
    return plan;
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return plans;
}
