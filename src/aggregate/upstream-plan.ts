import { isLoopback } from "../http/loopback.ts";
import { suggest } from "../http/nearest.ts";
import type { Origin, Upstream } from "./definition.ts";

/** Is told what is wrong; a checked thing with a fault is not used. */
export type Report = (fault: string) => void;

/** An upstream, ready to call. */
export interface UpstreamPlan {
  readonly name: string;
  /** Without a slash at the end. */
  readonly origin: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
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

/** Plans the upstreams of one configuration, each once. */
export function upstreamPlanner(environment: Environment): PlanUpstream {
  const plans = new Map<Upstream, UpstreamPlan>();
  return (upstream, report) => {
    const known = plans.get(upstream);
    if (known !== undefined) return known;
    const { name } = upstream;
    const reportUpstream: Report = (fault) => report(`upstream \`${name}\`: ${fault}`);
    if ([...plans.keys()].some((other) => other.name === name)) {
      reportUpstream("expected one upstream of this name, got two");
    }
    const plan = planUpstream(upstream, environment, reportUpstream);
    plans.set(upstream, plan);
    return plan;
  };
}

function planUpstream(upstream: Upstream, environment: Environment, report: Report): UpstreamPlan {
  const { name, timeoutMs, maxBytes, headers } = upstream;
  if (!(timeoutMs > 0 && timeoutMs < Infinity)) {
    report(`expected \`timeoutMs\` to be a number of milliseconds > 0, got ${timeoutMs}`);
  }
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    report(`expected \`maxBytes\` to be an integer > 0, got ${maxBytes}`);
  }
  return { name, origin: planOrigin(upstream.origin, environment, report), timeoutMs, maxBytes, headers };
}

function planOrigin(origin: Origin, environment: Environment, report: Report): string {
  const text = typeof origin === "string" ? origin : readVariable(origin.env, environment, report);
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
