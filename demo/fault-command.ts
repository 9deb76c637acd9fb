import { validateHeaderName, validateHeaderValue } from "node:http";
import { accept, checkName, refuse, type Checked } from "./check.ts";
import { ENDINGS, type Fault, type FaultCommand } from "./faults.ts";
import { ROUTE_NAMES } from "./routes.ts";

/** Completes "Expected `field` to be …", with its test. */
interface Rule {
  readonly rule: string;
  readonly holds: (value: unknown) => boolean;
}

const MAX_LATENCY_MS = 60_000;

const isText = { rule: "a string", holds: (value: unknown) => typeof value === "string" };
const isFlag = { rule: "true or false", holds: (value: unknown) => typeof value === "boolean" };
const isHeader = { rule: "the value of a header", holds: isHeaderValue };

const RULES: Readonly<Record<keyof Fault, Rule>> = {
  latencyMs: {
    rule: `a number of milliseconds from 0 to ${MAX_LATENCY_MS}`,
    holds: (value) => isBetween(value, 0, MAX_LATENCY_MS),
  },
  failRate: { rule: "a number from 0 to 1", holds: (value) => isBetween(value, 0, 1) },
  status: {
    rule: "an integer from 200 to 599",
    holds: (value) => Number.isInteger(value) && isBetween(value, 200, 599),
  },
  body: isText,
  headers: { rule: "an object of header names, except Trailer, and their values", holds: isHeaders },
  contentType: isHeader,
  retryAfter: isHeader,
  hang: isFlag,
  reset: isFlag,
  hangBody: isFlag,
  resetBody: isFlag,
};

// Object.keys forgets the names of an object whose keys are all known.
const FIELDS = ["route", ...(Object.keys(RULES) as (keyof Fault)[])] as const;

/**
 * Reads the body of a control request: `{}` clears all faults, `{ "route": …, …fault }` replaces one route's.
 *
 * @returns A refusal at the first unknown field, unknown route or broken rule.
 */
export function parseFaultCommand(text: string): Checked<FaultCommand> {
  const parsed = parseObject(text);
  if (!parsed.ok) return parsed;
  const entries = Object.entries(parsed.value);
  if (entries.length === 0) return accept({ kind: "clear" });
  for (const [name, value] of entries) {
    const field = checkName("field", name, FIELDS);
    if (!field.ok) return field;
    if (field.value === "route") continue;
    const { rule, holds } = RULES[field.value];
    if (!holds(value)) return refuse({ name, rule, value });
  }
  const { route: routeName, ...fault } = parsed.value;
  const route = checkName("route", routeName, [...ROUTE_NAMES, "*"]);
  if (!route.ok) return route;
  const [first, second] = ENDINGS.filter((ending) => fault[ending] === true);
  if (second !== undefined)
    return refuse({ name: second, rule: `false while \`${first}\` is true`, value: true });
  // Each field has passed its rule, and there are no others.
  return accept({ kind: "set", route: route.value, fault });
}

function parseObject(text: string): Checked<Readonly<Record<string, unknown>>> {
  const parsed = parseJson(text);
  return isObject(parsed)
    ? accept(parsed)
    : refuse({ name: "body", rule: "a JSON object", value: parsed ?? text.slice(0, 100) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller refuses what is no object, be it another JSON value or none.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBetween(value: unknown, from: number, to: number): boolean {
  return typeof value === "number" && value >= from && value <= to;
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === "string" && passes(() => validateHeaderValue("value", value));
}

function isHeaders(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(([name, each]) => isHeaderName(name) && isHeaderValue(each))
  );
}

/** Node refuses to send `Trailer` with an answer of known length (ERR_HTTP_TRAILER_INVALID, v24). */
function isHeaderName(name: string): boolean {
  return name.toLowerCase() !== "trailer" && passes(() => validateHeaderName(name));
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    // Node's checks throw a bare name or character; the rule says more.
    return false;
  }
}
