import { Hono } from "hono";
import * as z from "zod";
import type { CallerVariables } from "../http/caller.ts";
import { guarded } from "../http/guarded.ts";
import { refuseInput } from "../http/input.ts";
import { ProblemError } from "../http/problem.ts";
import { limitFields, refusal, remainingOf } from "./fields.ts";
import { costFault } from "./limiter.ts";
import { askFor, type Limits } from "./limits.ts";
import { type Outage, outageOf } from "./outage.ts";
import { findPolicies, nameOf, type PolicySet } from "./policy.ts";
import { Acquire, Acquired, LimitPage, LimitState, Look } from "./requests.ts";

const NAMES = z.object({
  policy: z.string().meta({ description: "The name of a limit, or several joined by `+`" }),
});

const listing = guarded({
  scope: "limits",
  summary: "Lists the limits of the configuration",
  answers: { 200: { description: "In its order", schema: LimitPage } },
});

const acquiring = guarded({
  scope: "limits",
  summary: "Takes tokens from a limit, or from several at once",
  description: "Each time it is asked: an `Idempotency-Key` changes nothing.",
  takes: { param: NAMES, json: Acquire },
  maxBodyBytes: 8 * 1024,
  answers: { 200: { description: "They are taken", schema: Acquired } },
  problems: ["not-found", "quota-exceeded", "limit-unavailable", "client-closed-request"],
});

const looking = guarded({
  scope: "limits",
  summary: "Shows how a key stands, and takes nothing",
  takes: { param: NAMES, query: Look },
  answers: { 200: { description: "How it stands", schema: LimitState } },
  problems: ["not-found", "limit-unavailable"],
});

/** Offers the limits to callers of the API, who have something of their own to limit. */
export function limitRoutes(limits: Limits) {
  return new Hono<CallerVariables>()
    .get("/v1/limits", listing, (c) => {
      const body: z.infer<typeof LimitPage> = { items: [...limits.policies], cursor: null };
      return c.json(body, 200);
    })
    .post("/v1/limits/:policy/acquire", acquiring, async (c) => {
      const set = findSet(limits, c.req.valid("param").policy);
      const ask = c.req.valid("json");
      const fault = costFault(set, ask.cost);
      if (fault !== undefined) throw refuseInput("cost", fault);
      const answer = await askFor(c, limits, { set, ...ask, key: callersOwn(ask.key) });
      if (!answer.allowed) throw refusal(set, answer);
      const { retryAfterMs, waitedMs, unchecked } = answer;
      const body: z.infer<typeof Acquired> = {
        allowed: true,
        remaining: remainingOf(answer),
        retryAfterMs,
        waitedMs,
        ...(unchecked && { unchecked }),
      };
      return c.json(body, 200, limitFields(set, answer));
    })
    .get("/v1/limits/:policy", looking, async (c) => {
      const set = findSet(limits, c.req.valid("param").policy);
      const { key } = c.req.valid("query");
      const view = await limits.client.look(set, callersOwn(key)).catch((error: unknown) => {
        throw unknownState(set, outageOf(error), error);
      });
      const policies = view.standings.map((standing, index) => ({
        ...standing,
        capacity: set[index]?.capacity ?? 0,
      }));
      const { policy, waiting, held } = view;
      const remaining = Math.min(...policies.map((one) => one.remaining));
      const body: z.infer<typeof LimitState> = { policy, remaining, waiting, held, policies };
      return c.json(body, 200);
    });
}

function unknownState(set: PolicySet, unchecked: Outage, cause: unknown): ProblemError {
  const policy = nameOf(set);
  const detail = `How the key stands under \`${policy}\` cannot be known: its limiter is ${unchecked}`;
  return new ProblemError("limit-unavailable", {
    detail,
    members: { policy, unchecked },
    headers: { "Retry-After": "1" },
    cause,
  });
}

/** Apart from whom we count ourselves, by token, address or origin: nobody may use up the tokens of those. */
const callersOwn = (key: string) => `key:${key}`;

function findSet({ policies }: Limits, names: string): PolicySet {
  const found = findPolicies(policies, names);
  if ("set" in found) return found.set;
  throw new ProblemError("not-found", { detail: `Cannot limit: ${found.unknown}` });
}
