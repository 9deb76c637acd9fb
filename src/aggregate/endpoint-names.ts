import { suggest } from "../http/nearest.ts";
import type { EndpointPlan } from "./plan.ts";

/**
 * A short name that needs no encoding: `countries.code` for `GET /api/countries/:code`. Two routes can share one; it
 * then means the first.
 */
export function slugOf({ path }: Pick<EndpointPlan, "path">): string {
  const segments = path.replace(/^\/api\//, "").split("/");
  return segments
    .map((segment) => segment.replaceAll(/[^\w.-]/g, ""))
    .filter((segment) => segment !== "")
    .join(".");
}

/** The endpoint of a route, or of a short name. */
export function findEndpoint(name: string, plans: readonly EndpointPlan[]): EndpointPlan | undefined {
  return plans.find(({ route }) => route === name) ?? plans.find((plan) => slugOf(plan) === name);
}

/** Says that there is no such endpoint, and which name was probably meant. */
export function unknownEndpoint(name: string, plans: readonly EndpointPlan[]): string {
  const isRoute = /[\s/]/.test(name);
  const known = plans.map((plan) => (isRoute ? plan.route : slugOf(plan)));
  return `There is no endpoint \`${name}\`; ${suggest(name, [...new Set(known)])}`;
}
