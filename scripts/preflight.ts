import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EndpointPlan } from "../src/aggregate/plan.ts";
import type { Environment } from "../src/aggregate/upstream-plan.ts";
import { type Config, ConfigError, loadConfig } from "../src/config.ts";
import { readSettings, type Settings } from "../src/environment.ts";
import { keyNames } from "./config-settings.ts";
import { expectTriggers } from "./expect-triggers.ts";
import { StartError } from "./options.ts";

/**
 * Makes sure that a port of this machine can be listened on.
 *
 * @throws {StartError} Naming the port, why not, and the variable that chooses another.
 */
export async function expectFreePort(port: number, variable: string, host = "127.0.0.1"): Promise<void> {
  const server = createServer();
  const problem = await new Promise<NodeJS.ErrnoException | undefined>((done) => {
    server.once("error", done).listen(port, host, () => server.close(() => done(undefined)));
  });
  if (problem === undefined) return;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "is in use",
    EACCES: "may not be listened on by this user",
  };
  const reason = reasons[problem.code ?? ""] ?? `cannot be listened on (${problem.message})`;
  throw new StartError(`Port ${port} ${reason}; set ${variable} to another one`);
}

/** Makes sure that the directory for state is there and can be written. @throws {StartError} */
export function expectWritable(directory: string, variable: string): void {
  try {
    makeDirectory(resolve(directory));
    accessSync(directory, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(`Cannot write to ${directory} (${code}); set ${variable} to another directory`, {
      cause: error,
    });
  }
}

/** One step after the other: told to make all of them, Node 24 never ends where the system has no such place (`/proc/x`). */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}

/** The configuration that is meant where nobody says otherwise. */
const CONFIG = "manifold.config.ts";

interface ConfigOptions {
  /** The file; `manifold.config.ts` of this directory by default. */
  readonly path?: string;
  /** The expressions of `[triggers]` in wrangler.toml. */
  readonly crons: readonly string[];
  /** Whether keys of upstreams that are not among the variables may be secrets, which nobody shows us. */
  readonly mayKeepSecrets?: boolean;
}

/**
 * Makes sure that the configuration can run with these variables, and that the platform knows what it waits for.
 *
 * @throws {StartError} With a line a fault.
 */
export async function expectConfig(
  variables: Readonly<Record<string, unknown>>,
  { path = CONFIG, crons, mayKeepSecrets = false }: ConfigOptions,
): Promise<void> {
  const settings = readVariables(variables);
  await loadPlans((config) => {
    const secrets = mayKeepSecrets ? keyNames(config).map((name) => [name, "a secret"]) : [];
    return { ...settings, variables: { ...Object.fromEntries(secrets), ...variables } };
  }, path);
  const { cron = [] } = await importConfig(path);
  expectTriggers(cron, crons);
}

/** Reads the settings as the Worker does. @throws {StartError} */
function readVariables(variables: Readonly<Record<string, unknown>>): Settings {
  try {
    return readSettings(variables);
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
}

/**
 * Loads the configuration into an environment.
 *
 * @param path The file; `manifold.config.ts` of this directory by default.
 * @throws {StartError} With a line a fault.
 */
export async function loadPlans(
  environmentFor: (config: Config) => Environment,
  path = CONFIG,
): Promise<readonly EndpointPlan[]> {
  try {
    const config = await importConfig(path);
    return loadConfig(config, environmentFor(config)).plans;
  } catch (error) {
    const faults =
      error instanceof ConfigError
        ? error.faults.map((fault) => `${path}: ${fault}`)
        : [`${placeOf(error as Error, path)}: ${(error as Error).message.split("\n")[0]}`];
    throw new StartError(faults.join("\n"), { cause: error });
  }
}

/** A file and a line, in a line of a stack or at the head of a message; folders may have blanks in their names. */
const PLACE = /^(?: +at (?:.* \((?=file:|[./])|async )?)?(?<file>\S.*?\.ts):(?<line>\d+)/gm;

/** The path that a stack means: it may be an address, or be relative. */
function pathOf(file: string): string {
  return file.startsWith("file:") ? fileURLToPath(file) : resolve(file);
}

/** The file and the line where an error arose: in the configuration, or else in another file of ours. */
function placeOf({ stack = "" }: Error, path: string): string {
  const places = Array.from(stack.matchAll(PLACE), ({ groups }) => ({
    file: pathOf(groups?.["file"] ?? ""),
    line: groups?.["line"],
  }));
  const own = places.find(({ file }) => file === resolve(path));
  if (own !== undefined) return `${path}:${own.line}`;
  const other = places.find(({ file }) => !file.includes("/node_modules/"));
  return other === undefined ? path : `${relative(process.cwd(), other.file)}:${other.line}`;
}

async function importConfig(path: string): Promise<Config> {
  const { config } = (await import(pathToFileURL(path).href)) as { config?: Config };
  if (config === undefined) throw new ConfigError(["expected it to export `config`"]);
  return config;
}
