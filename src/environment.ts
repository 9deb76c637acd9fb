import type { Environment } from "./aggregate/upstream-plan.ts";
import { ALLOWED_HOSTS, readHosts } from "./http/allowed-hosts.ts";
import { ALLOWED_ORIGINS, readOrigins } from "./http/origins.ts";
import { TICKET_SECRET } from "./http/ticket.ts";
import { API_TOKENS, readTokens, type Tokens } from "./http/tokens.ts";

/** Every variable that means something to all of it; others are for the configuration to name. */
export const VARIABLES: readonly string[] = [
  "AUTH",
  "LOG",
  "ALLOW_LOOPBACK",
  "TASK_LEASE_MS",
  ALLOWED_ORIGINS,
  ALLOWED_HOSTS,
  API_TOKENS,
  TICKET_SECRET,
];

/** The settings among the Worker's variables. */
export interface Settings extends Environment {
  /** `AUTH=open`: `/v1` needs no token on this machine. `npm start` sets it; `wrangler deploy` never does. */
  readonly isOpen: boolean;
  /** `API_TOKENS`: who may use `/v1`. Faults in it are no error here, for endpoints that need no token go on. */
  readonly tokens: Tokens;
  /** `ALLOWED_ORIGINS`: the origins whose pages may ask, besides our own. */
  readonly allowedOrigins: readonly string[];
  /** `ALLOWED_HOSTS`: the only hosts that callers may name in URLs; every public one without it. */
  readonly hosts: readonly string[] | undefined;
  /** `LOG=problems`: only what did not go well is logged. */
  readonly logsAll: boolean;
}

/**
 * Reads the settings from the Worker's variables.
 *
 * @throws {TypeError} Naming the variable, what it may be, and what it is.
 */
export function readSettings(variables: Readonly<Record<string, unknown>>): Settings {
  return {
    variables,
    logsAll: choose(variables, "LOG", ["all", "problems"]) === "all",
    allowedOrigins: readOrigins(variables[ALLOWED_ORIGINS]),
    hosts: readHosts(variables[ALLOWED_HOSTS]),
    tokens: readTokens(variables[API_TOKENS]),
    isOpen: choose(variables, "AUTH", ["closed", "open"]) === "open",
    allowLoopback: choose(variables, "ALLOW_LOOPBACK", ["0", "1"]) === "1",
  };
}

/** One of the values that a variable may have; the first when it is not set. */
function choose(
  variables: Readonly<Record<string, unknown>>,
  name: string,
  values: readonly [string, ...string[]],
): string {
  const value = variables[name] ?? values[0];
  if (typeof value === "string" && values.includes(value)) return value;
  throw new TypeError(`Expected \`${name}\` to be one of ${values.join(", ")}, got ${JSON.stringify(value)}`);
}
