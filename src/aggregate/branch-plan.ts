import { suggest } from "../http/nearest.ts";
import { checkCachePolicy } from "./answer-cache.ts";
import type {
  BranchDefinition,
  Call,
  EachDefinition,
  Fallback,
  HedgeOptions,
  MakeTarget,
  PagesDefinition,
  RetryOptions,
} from "./definition.ts";
import { checkShape } from "./shape.ts";
import { parseTemplate, type Target } from "./target.ts";
import {
  checkDuration,
  checkHedge,
  checkRetry,
  type PlanUpstream,
  type Report,
  type UpstreamPlan,
} from "./upstream-plan.ts";

/** One place to call, and how. */
export interface SourcePlan {
  readonly upstream: UpstreamPlan;
  readonly target: (call: Call) => Target;
  readonly retry: RetryOptions;
  readonly hedge: HedgeOptions | undefined;
  /** Calls of one class share a breaker and a sample of latencies: an upstream and the branch that calls it. */
  readonly routeClass: string;
}

/** Where else a result may come from. */
type FallbackPlan = SourcePlan | { readonly staleMs: number } | { readonly value: unknown };

/** A branch, ready to run. */
export interface BranchPlan extends Omit<
  BranchDefinition,
  "from" | "retry" | "hedge" | "fallback" | "timeoutMs"
> {
  readonly source: SourcePlan;
  readonly fallback: readonly FallbackPlan[];
  /** Of all that the branch does; the endpoint's deadline where it says nothing. */
  readonly timeoutMs: number;
}

/** The endpoint that a branch is part of, as far as the branch is concerned. */
interface Surroundings {
  readonly route: string;
  readonly path: string;
  readonly deadlineMs: number;
}

/** Must stand in header fields as it is (RFC 9651, keys and tokens). */
const BRANCH_NAME = /^[a-z][\w-]{0,63}$/i;

/** Checks a branch by itself and turns it into a plan. */
export function planBranch(
  branch: BranchDefinition,
  endpoint: Surroundings,
  planUpstream: PlanUpstream,
  report: Report,
): BranchPlan {
  const { name, optional, statusFrom, cache, each, pages, pick, rename } = branch;
  if (!BRANCH_NAME.test(name)) {
    report("expected a name of at most 64 letters, digits, `_` and `-` that begins with a letter");
  }
  if (optional && statusFrom) {
    report("expected `statusFrom` on a required branch: an optional one does not decide the answer");
  }
  if (branch.timeoutMs !== undefined) checkDuration("timeoutMs", branch.timeoutMs, report);
  for (const fault of cache === undefined ? [] : checkCachePolicy(cache)) report(`cache: ${fault}`);
  for (const fault of checkShape({ ...(pick && { pick }), ...(rename && { rename }) })) report(fault);
  if (each !== undefined) checkEach(each, report);
  if (pages !== undefined) checkPages(pages, report);
  const source = planSource(branch, endpoint, planUpstream, report);
  const fallback = branch.fallback.map((step, index) => {
    const isLast = index === branch.fallback.length - 1;
    return planFallback(step, isLast, branch, endpoint, planUpstream, report);
  });
  return { ...branch, source, fallback, timeoutMs: branch.timeoutMs ?? endpoint.deadlineMs };
}

function planSource(
  { name, from, get, retry, hedge }: Pick<BranchDefinition, "name" | "from" | "get" | "retry" | "hedge">,
  { route, path }: Surroundings,
  planUpstream: PlanUpstream,
  report: Report,
): SourcePlan {
  const upstream = planUpstream(from, report);
  const merged = { ...upstream.retry, ...retry };
  if (retry !== undefined) checkRetry(merged, report);
  checkHedge(hedge, report);
  return {
    upstream,
    target: planTarget(get, path, report),
    retry: merged,
    hedge: hedge === false ? undefined : (hedge ?? upstream.hedge),
    routeClass: `${upstream.name} ${route} ${name}`,
  };
}

function planFallback(
  step: Fallback,
  isLast: boolean,
  branch: BranchDefinition,
  endpoint: Surroundings,
  planUpstream: PlanUpstream,
  report: Report,
): FallbackPlan {
  if ("from" in step) {
    const { from, get = branch.get } = step;
    return planSource({ ...branch, from, get }, endpoint, planUpstream, report);
  }
  if ("staleMs" in step) checkDuration("fallback.staleMs", step.staleMs, report);
  else if (!isLast)
    report("expected a fallback to a `value` to be the last: what follows it is never reached");
  return step;
}

function planTarget(get: MakeTarget, path: string, report: Report): (call: Call) => Target {
  if (typeof get === "function") return get;
  if (!get.startsWith("/")) report(`expected \`get\` to begin with \`/\`, got \`${get}\``);
  const template = parseTemplate(get);
  const parameters = parseTemplate(path).names;
  for (const name of template.names) {
    if (parameters.includes(name)) continue;
    report(`expected \`get\` to use parameters of the path, got \`:${name}\`; ${suggest(name, parameters)}`);
  }
  return ({ params }) => template.expand(params);
}

function checkEach({ batchSize, keyOfItem, max }: EachDefinition, report: Report): void {
  for (const [name, value] of Object.entries({ "batch.size": batchSize, max })) {
    if (!(Number.isSafeInteger(value) && value >= 1 && value <= 1_000)) {
      report(`expected \`${name}\` to be an integer from 1 to 1000, got ${value}`);
    }
  }
  if (batchSize > 1 && keyOfItem === undefined)
    report("expected `batch.key` for calls for many: it reads the key of an item");
}

function checkPages({ by, size, maxPages, next }: PagesDefinition, report: Report): void {
  if (!(Number.isSafeInteger(maxPages) && maxPages >= 1 && maxPages <= 1_000)) {
    report(`expected \`maxPages\` to be an integer from 1 to 1000, got ${maxPages}`);
  }
  if (by === "number" && !(Number.isSafeInteger(size) && size >= 1)) {
    report(`expected \`size\` to be an integer ≥ 1 for pages by number, got ${size}`);
  }
  if (by === "cursor" && next === undefined)
    report("expected `next` for pages by cursor: it reads the cursor");
}
