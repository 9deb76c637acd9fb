import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import ipaddr from "ipaddr.js";
import * as z from "zod";
import { ECHO_OPTIONS } from "./echo/options.ts";
import { LOG_LEVELS } from "./log.ts";
import { MONITOR_OPTIONS } from "./monitor/options.ts";
import { integerIn, oneOf, option, text, toggle, wholeNumber } from "./option-types.ts";
import { PROXY_OPTIONS } from "./proxy/options.ts";
import { CHAT_OPTIONS } from "./telnet/options.ts";

const GENERAL = z.object({
  /** Lets services listen at addresses that others can reach. */
  expose: toggle(),
  /** How long a drain may take. */
  drainMs: wholeNumber(10_000, 0, 3_600_000),
  logLevel: oneOf("info", LOG_LEVELS),
  /** An event loop that does not turn for so long is told of, with where it is. */
  stallMs: option("an integer from 50 to 60000, or off", "100", (given) =>
    given === "off" ? given : integerIn(given, 50, 60_000),
  ),
  /** A URL: prints how the proxy would judge it, and ends. */
  explain: text(),
  /** Asks the services of a companion that runs already whether they work, and ends. */
  selfcheck: toggle(),
});

/**
 * What can be set: field `perAddress` of section `echo` by `--echo-per-address`, or else by `ECHO_PER_ADDRESS`. Flags of
 * the general section have no prefix.
 */
const SECTIONS = {
  companion: GENERAL,
  echo: ECHO_OPTIONS,
  proxy: PROXY_OPTIONS,
  chat: CHAT_OPTIONS,
  monitor: MONITOR_OPTIONS,
};

export type CompanionOptions = {
  readonly [Section in keyof typeof SECTIONS]: Readonly<z.output<(typeof SECTIONS)[Section]>>;
};

/** Something that the person who started us can mend; shown as one line. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/**
 * Reads the options of `npm run companion`.
 *
 * @throws {OptionError} Naming the flag or the variable, the rule and the value.
 */
export function readCompanionOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CompanionOptions {
  const flags = parseFlags(args);
  const sections = Object.entries(SECTIONS).map(([section, schema]) => {
    return [section, readSection(section, schema, flags, environment)] as const;
  });
  const options = Object.fromEntries(sections) as CompanionOptions; // each section was read with its schema
  expectLocal(options);
  expectApart(options);
  return options;
}

/** Everything that can be set, by what it is called. */
const SETTINGS = Object.entries(SECTIONS).flatMap(([section, { shape }]) =>
  Object.entries<z.ZodType>(shape).map(([field, type]) => ({
    section,
    field,
    flag: flagOf(section, field),
    variable: variableOf(section, field),
    isToggle: type.meta()?.["isToggle"] === true,
    isSecret: type.meta()?.["isSecret"] === true,
  })),
);

/** What can be set, as variables. */
export const COMPANION_VARIABLES: readonly string[] = SETTINGS.map(({ variable }) => variable);

/** Other names of flags. */
const ALIASES: Readonly<Record<string, string>> = { lang: "chat-lang" };

function readSection(
  section: string,
  schema: z.ZodObject,
  flags: ReadonlyMap<string, string>,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const given: Record<string, string> = {};
  const settings = SETTINGS.filter((setting) => setting.section === section);
  for (const { field, flag, variable } of settings) {
    const value = flags.get(flag) ?? environment[variable];
    if (value !== undefined) given[field] = value;
  }
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  const setting = settings.find(({ field }) => field === issue?.path[0]);
  if (setting === undefined) throw error;
  const { field, flag, variable, isSecret } = setting;
  const name = flags.has(flag) ? `--${flag}` : variable;
  const got = isSecret ? "something else" : JSON.stringify(given[field]);
  throw new OptionError(`Expected ${name} to be ${issue?.message}, got ${got}`);
}

/** Flags by name, with their values as text. */
function parseFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const config: ParseArgsOptionsConfig = {};
  for (const { flag, isToggle } of SETTINGS) config[flag] = { type: isToggle ? "boolean" : "string" };
  for (const alias of Object.keys(ALIASES)) config[alias] = { type: "string" };
  try {
    const { values } = parseArgs({ args: [...args], options: config, strict: true });
    return new Map(
      Object.entries(values).map(([name, value]) => [
        ALIASES[name] ?? name,
        value === true ? "1" : String(value),
      ]),
    );
  } catch (error) {
    throw new OptionError((error as Error).message.split(". ", 1)[0], { cause: error });
  }
}

function flagOf(section: string, field: string): string {
  const name = field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return section === "companion" ? name : `${section}-${name}`;
}

function variableOf(section: string, field: string): string {
  return `${section}_${field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}

/** Nothing is open to others unless it was said that it shall be, and the monitor never is. */
function expectLocal({ companion, monitor, ...services }: CompanionOptions): void {
  for (const [section, { host, port }] of Object.entries(services)) {
    if (port === "off" || companion.expose || isLoopback(host)) continue;
    throw new OptionError(
      `Expected ${variableOf(section, "host")} to be a loopback address unless --expose is given, got ${host}`,
    );
  }
  if (!isLoopback(monitor.host))
    throw new OptionError(`Expected MONITOR_HOST to be a loopback address, got ${monitor.host}`);
}

/** A service that listens at a port. */
export interface ServicePort {
  readonly name: string;
  readonly host: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** What chooses it. */
  readonly variable: string;
}

/** Where services listen; one that is off or at a Unix socket takes no port. */
export function servicePorts({ echo, proxy, chat, monitor }: CompanionOptions): readonly ServicePort[] {
  const services = { echo, proxy, chat, ...(monitor.socket === "" && { monitor }) };
  return Object.entries(services).flatMap(([name, { host, port }]) =>
    port === "off" ? [] : [{ name, host, port, variable: variableOf(name, "port") }],
  );
}

function expectApart(options: CompanionOptions): void {
  const taken = new Map<number, string>();
  for (const { port, variable } of servicePorts(options)) {
    if (port === 0) continue;
    const other = taken.get(port);
    if (other !== undefined)
      throw new OptionError(`Expected ${other} and ${variable} to differ, got ${port} twice`);
    taken.set(port, variable);
  }
}

function isLoopback(address: string): boolean {
  return ipaddr.process(address).range() === "loopback";
}
