import type { EndpointDefinition } from "./definition.ts";
import { formChecker } from "./endpoint-form.ts";
import { checkLimits } from "./explain.ts";
import { type EndpointPlan, planEndpoint } from "./plan.ts";
import { type Environment, type Report, upstreamPlanner } from "./upstream-plan.ts";

/** An endpoint as a configuration has it: made by `endpoint`. */
export interface Declared {
  readonly definition: EndpointDefinition;
}

/**
 * Checks the endpoints of a configuration and turns them into plans.
 *
 * @param limits The names of the limits that there are.
 * @param report Is told every fault: the endpoint, the branch, the rule, the value, the nearest known name.
 */
export function planEndpoints(
  endpoints: readonly Declared[],
  environment: Environment,
  report: Report,
  limits: readonly string[],
): readonly EndpointPlan[] {
  const planUpstream = upstreamPlanner(environment, limits);
  const isOfForm = formChecker();
  return endpoints.flatMap(({ definition }, index) => {
    const reportEndpoint = (fault: string) => report(`${definition.route}: ${fault}`);
    if (endpoints.findIndex((other) => other.definition.route === definition.route) < index) {
      reportEndpoint("expected each route once, got it twice");
    }
    if (!isOfForm(definition, reportEndpoint)) return [];
    const plan = planEndpoint(definition, planUpstream, reportEndpoint);
    for (const fault of checkLimits(plan)) reportEndpoint(fault);
    return [plan];
  });
}
