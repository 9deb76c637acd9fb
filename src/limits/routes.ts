import { Hono } from "hono";
import type * as z from "zod";
import { readJsonBody } from "../http/json-request.ts";
import { ProblemError } from "../http/problem.ts";
import { limitFields, refusal, remainingOf } from "./fields.ts";
import { costFault } from "./limiter.ts";
import { askFor, type Limits } from "./limits.ts";
import { findPolicies, type PolicySet } from "./policy.ts";
import { Acquire, type Acquired, type LimitState, Look } from "./requests.ts";
import { outageOf } from "./outage.ts";

const BODY_BYTES = 8 * 1024;

/** Offers the limits to callers of the API, who have something of their own to limit. */
export function limitRoutes(limits: Limits): Hono {
  return new Hono()
    .post("/v1/limits/:policy/acquire", async (c) => {
      const set = findSet(limits, c.req.param("policy"));
      const ask = parse(Acquire, await readJsonBody(c.req.raw, BODY_BYTES));
      const fault = costFault(set, ask.cost);
      if (fault !== undefined) throw badRequest("cost", fault);
      const answer = await askFor(c, limits, { set, ...ask });
      if (!answer.allowed) throw refusal(set, answer);
      const { retryAfterMs, waitedMs, unchecked } = answer;
      const body: z.infer<typeof Acquired> = {
        allowed: true,
        remaining: remainingOf(answer),
        retryAfterMs,
        waitedMs,
        ...(unchecked && { unchecked }),
      };
      return c.json(body, 200, { ...limitFields(set, answer), "Cache-Control": "no-store" });
    })
    .get("/v1/limits/:policy", async (c) => {
      const set = findSet(limits, c.req.param("policy"));
      const { key } = parse(Look, c.req.query());
      const view = await limits.client.look(set, key).catch((error: unknown) => {
        const detail = `How \`${key}\` stands cannot be known: its limiter is ${outageOf(error)}`;
        throw new ProblemError("limit-unavailable", { detail, cause: error });
      });
      const policies = view.standings.map((standing, index) => ({
        ...standing,
        capacity: set[index]?.capacity ?? 0,
      }));
      const { policy, waiting, held } = view;
      const remaining = Math.min(...policies.map((one) => one.remaining));
      const body: z.infer<typeof LimitState> = { policy, remaining, waiting, held, policies };
      return c.json(body, 200, { "Cache-Control": "no-store" });
    });
}

function findSet({ policies }: Limits, names: string): PolicySet {
  const found = findPolicies(policies, names);
  if ("set" in found) return found.set;
  throw new ProblemError("not-found", { detail: `Cannot limit: ${found.unknown}` });
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badRequest(issue?.path.join(".") ?? "", issue?.message ?? "cannot be understood");
}

function badRequest(item: string, rule: string): ProblemError {
  const place = item === "" ? "the body" : item;
  return new ProblemError("bad-request", { detail: `\`${place}\`: ${rule}`, members: { item: place } });
}
