import type { Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import { ProblemError } from "../http/problem.ts";
import { findEndpoint, slugOf, unknownEndpoint } from "./endpoint-names.ts";
import { explain, type ExplainOptions } from "./explain.ts";
import { renderExplanation } from "./explain-text.ts";
import type { EndpointPlan } from "./plan.ts";
import type { RequestVariables } from "./routes.ts";

/**
 * Mounts `GET /v1/endpoints`, the endpoints there are, and `GET /v1/endpoints/:name`, what one of them costs, by its
 * route or its short name; as JSON, or as text for `Accept: text/plain`.
 */
export function mountExplain(
  app: Hono<RequestVariables>,
  plans: readonly EndpointPlan[],
  options: ExplainOptions = {},
): void {
  app.get("/v1/endpoints", (c) => {
    const items = plans.map((plan) => ({ name: plan.route, slug: slugOf(plan) }));
    return answer(c, { items, cursor: null }, () => items.map(({ name }) => name).join("\n"));
  });

  app.get("/v1/endpoints/:name", (c) => {
    const name = c.req.param("name");
    const plan = findEndpoint(name, plans);
    if (plan === undefined) throw new ProblemError("not-found", { detail: unknownEndpoint(name, plans) });
    const explanation = explain(plan, options);
    return answer(c, explanation, () => renderExplanation(explanation));
  });
}

const FORMS = ["application/json", "text/plain"];

function answer(c: Context, value: object, toText: () => string): Response {
  const form = accepts(c, { header: "Accept", supports: FORMS, default: "application/json" });
  c.header("Vary", "Accept");
  // How long calls take changes with every call.
  c.header("Cache-Control", "no-store");
  return form === "text/plain" ? c.text(`${toText()}\n`) : c.json(value);
}
