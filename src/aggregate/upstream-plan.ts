import { checkForward, checkHeaders } from "../http/forward-headers.ts";
import { isLoopback } from "../http/loopback.ts";
import { suggest } from "../http/nearest.ts";
import { checkBreakerPolicy } from "./breaker.ts";
import type { HedgeOptions, RetryOptions, RetryReason, Setting, Upstream } from "./definition.ts";

/** Is told what is wrong; a checked thing with a fault is not used. */
export type Report = (fault: string) => void;

/** An upstream, ready to call: its origin without a slash at the end, its headers by lower-case name. */
export interface UpstreamPlan extends Omit<Upstream, "origin" | "headers"> {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a configuration depends on besides itself. */
export interface Environment {
  /** Variables by name, as the platform binds them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether origins on this machine are fine. They are in local use, and never when deployed. */
  readonly allowLoopback: boolean;
}

/** Gives the plan of an upstream; its faults are reported where it is first used. */
export type PlanUpstream = (upstream: Upstream, report: Report) => UpstreamPlan;

/**
 * Plans the upstreams of one configuration, each once.
 *
 * @param limits The names that `pace` may have.
 */
export function upstreamPlanner(environment: Environment, limits: readonly string[] = []): PlanUpstream {
  const plans = new Map<Upstream, UpstreamPlan>();
  // Several upstreams may have one origin, which is right or wrong once.
  const origins = new Map<string, string>();
  const originOf = (origin: Setting, report: Report) => {
    const key = JSON.stringify(origin);
    const planned = origins.get(key) ?? planOrigin(origin, environment, report);
    origins.set(key, planned);
    return planned;
  };
  return (upstream, report) => {
    const known = plans.get(upstream);
    if (known !== undefined) return known;
    const { name } = upstream;
    const reportUpstream: Report = (fault) => report(`upstream \`${name}\`: ${fault}`);
    if ([...plans.keys()].some((other) => other.name === name)) {
      reportUpstream("expected one upstream of this name, got two");
    }
    const { pace } = upstream;
    if (pace !== undefined && !limits.includes(pace)) {
      reportUpstream(`expected \`pace\` to name a limit, got \`${pace}\`; ${suggest(pace, limits)}`);
    }
    const plan = planUpstream(upstream, originOf, environment, reportUpstream);
    plans.set(upstream, plan);
    return plan;
  };
}

function planUpstream(
  upstream: Upstream,
  originOf: (origin: Setting, report: Report) => string,
  environment: Environment,
  report: Report,
): UpstreamPlan {
  const { origin, timeoutMs, maxBytes, forward, breaker } = upstream;
  checkDuration("timeoutMs", timeoutMs, report);
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    report(`expected \`maxBytes\` to be an integer > 0, got ${maxBytes}`);
  }
  checkRetry(upstream.retry, report);
  checkHedge(upstream.hedge, report);
  for (const fault of checkForward(forward)) report(fault);
  for (const fault of breaker === undefined ? [] : checkBreakerPolicy(breaker)) report(`breaker: ${fault}`);
  const headers = Object.fromEntries(
    Object.entries(upstream.headers).map(([name, value]) => [
      name.toLowerCase(),
      readSetting(value, environment, report) ?? "",
    ]),
  );
  for (const fault of checkHeaders(headers)) report(fault);
  return {
    ...upstream,
    headers,
    origin: originOf(origin, report),
  };
}

/** Reports a duration that is none. A text of digits would pass for a number here, and not where it is added to one. */
export function checkDuration(name: string, ms: unknown, report: Report): void {
  if (Number.isFinite(ms) && Number(ms) > 0) return;
  const given = typeof ms === "string" ? JSON.stringify(ms) : String(ms);
  report(`expected \`${name}\` to be a number of milliseconds > 0, got ${given}`);
}

const REASONS: readonly RetryReason[] = ["connection", "unavailable", "throttled", "timeout"];

/** Reports what is wrong with a way to try again. */
export function checkRetry({ attempts, baseMs, capMs, on }: RetryOptions, report: Report): void {
  if (!(Number.isSafeInteger(attempts) && attempts >= 1 && attempts <= 10)) {
    report(`expected \`retry.attempts\` to be an integer from 1 to 10, got ${attempts}`);
  }
  checkDuration("retry.baseMs", baseMs, report);
  checkDuration("retry.capMs", capMs, report);
  for (const reason of on) {
    if (!REASONS.includes(reason)) {
      report(`expected \`retry.on\` to name reasons, got \`${reason}\`; ${suggest(reason, REASONS)}`);
    }
  }
}

/** Reports what is wrong with when to hedge. */
export function checkHedge(hedge: HedgeOptions | false | undefined, report: Report): void {
  if (hedge === undefined || hedge === false) return;
  const { minMs, maxMs } = hedge;
  checkDuration("hedge.minMs", minMs, report);
  checkDuration("hedge.maxMs", maxMs, report);
  if (minMs > maxMs) report(`expected \`hedge.minMs\` ≤ \`hedge.maxMs\`, got ${minMs} and ${maxMs}`);
}

function planOrigin(origin: Setting, environment: Environment, report: Report): string {
  const text = readSetting(origin, environment, report);
  if (text === undefined) return "";
  const written = typeof origin === "string" ? "`origin`" : `\`${origin.env}\``;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
  if (!isOrigin) {
    report(`expected ${written} to be an origin like \`https://api.example.com\`, got \`${redact(text)}\``);
  } else if (isLoopback(url) && !environment.allowLoopback) {
    report(`expected ${written} not to be on this machine unless \`ALLOW_LOOPBACK\` is 1, got \`${text}\``);
  }
  return url?.origin ?? "";
}

function readSetting(setting: Setting, environment: Environment, report: Report): string | undefined {
  return typeof setting === "string" ? setting : readVariable(setting.env, environment, report);
}

function readVariable(name: string, { variables }: Environment, report: Report): string | undefined {
  const value = variables[name];
  if (typeof value === "string" && value !== "") return value;
  const names = Object.keys(variables).filter((key) => typeof variables[key] === "string" && key !== name);
  report(`expected the variable \`${name}\` to be set; ${suggest(name, names)}`);
  return undefined;
}

/** An origin for a message, without the password it should not have had. */
function redact(text: string): string {
  return text.replace(/\/\/[^@/]*@/, "//…@");
}
