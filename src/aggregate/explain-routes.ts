import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { ProblemError } from "../http/problem.ts";
import { findEndpoint, slugOf, unknownEndpoint } from "./endpoint-names.ts";
import { explain, type ExplainOptions } from "./explain.ts";
import { renderExplanation } from "./explain-text.ts";
import type { EndpointPlan } from "./plan.ts";

const EndpointList = z.object({
  items: z.array(z.object({ name: z.string(), slug: z.string() })),
  cursor: z.null(),
});

const listing = guarded({
  scope: "admin",
  summary: "Lists the configured endpoints",
  answers: {
    200: {
      description: "Each by its route and its short name",
      schema: EndpointList,
      alsoAs: ["text/plain"],
    },
  },
});

const explaining = guarded({
  scope: "admin",
  summary: "Explains what an endpoint costs, before it runs",
  takes: {
    param: z.object({ name: z.string().meta({ description: "The route, encoded, or the short name" }) }),
  },
  answers: {
    200: { description: "Its plan, with the worst case", schema: z.looseObject({}), alsoAs: ["text/plain"] },
  },
  problems: ["not-found"],
});

/**
 * `GET /v1/endpoints`, the endpoints there are, and `GET /v1/endpoints/:name`, what one of them costs, by its route or
 * its short name; as JSON, or as text for `Accept: text/plain`.
 */
export function explainRoutes(plans: readonly EndpointPlan[], options: ExplainOptions = {}) {
  return new Hono<CallerVariables>()
    .get("/v1/endpoints", listing, (c) => {
      const items = plans.map((plan) => ({ name: plan.route, slug: slugOf(plan) }));
      if (wantsText(c)) return asText(c, items.map(({ name }) => name).join("\n"));
      return c.json({ items, cursor: null }, 200, FIELDS);
    })
    .get("/v1/endpoints/:name", explaining, (c) => {
      const { name } = c.req.valid("param");
      const plan = findEndpoint(name, plans);
      if (plan === undefined) throw new ProblemError("not-found", { detail: unknownEndpoint(name, plans) });
      const explanation = explain(plan, options);
      return wantsText(c) ? asText(c, renderExplanation(explanation)) : c.json(explanation, 200, FIELDS);
    });
}

/** How long calls take changes with every call. */
const FIELDS = { Vary: "Accept", "Cache-Control": "no-store" };

const FORMS = ["application/json", "text/plain"];

function wantsText(c: Context): boolean {
  return accepts(c, { header: "Accept", supports: FORMS, default: "application/json" }) === "text/plain";
}

/** An answer that has no part in the route's type: the typed client reads JSON, and never asks for this. */
function asText(c: Context, text: string): never {
  return c.text(`${text}\n`, 200, FIELDS) as never;
}
