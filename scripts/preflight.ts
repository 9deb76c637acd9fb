import { accessSync, constants, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { pathToFileURL } from "node:url";
import { parse } from "smol-toml";
import * as z from "zod";
import type { EndpointPlan } from "../src/aggregate/plan.ts";
import type { Environment } from "../src/aggregate/upstream-plan.ts";
import { type Config, ConfigError, loadConfig } from "../src/config.ts";
import { readSettings } from "../src/environment.ts";
import { expectTriggers } from "./expect-triggers.ts";
import { StartError } from "./options.ts";

/**
 * Makes sure that a port of this machine can be listened on.
 *
 * @throws {StartError} Naming the port, why not, and the variable that chooses another.
 */
export async function expectFreePort(port: number, variable: string, host = "127.0.0.1"): Promise<void> {
  const server = createServer();
  const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once("error", resolve).listen(port, host, () => server.close(() => resolve(undefined)));
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
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(`Cannot write to ${directory} (${code}); set ${variable} to another directory`, {
      cause: error,
    });
  }
}

/** What is looked at of `wrangler.toml`. */
const Wrangler = z.object({
  triggers: z.object({ crons: z.array(z.string()).default([]) }).default({ crons: [] }),
});

/** The configuration that is meant where nobody says otherwise. */
const CONFIG = "manifold.config.ts";

/**
 * Makes sure that the configuration can run with these variables.
 *
 * @throws {StartError} With a line a fault.
 */
export async function expectConfig(
  variables: Readonly<Record<string, string>>,
  path = CONFIG,
): Promise<void> {
  await loadPlans(() => readSettings(variables), path);
  const { cron = [] } = await importConfig(path);
  if (cron.length === 0) return;
  // Wrangler itself would read it, and takes seconds to load.
  const { triggers } = Wrangler.parse(parse(await readFile("wrangler.toml", "utf8")));
  expectTriggers(cron, triggers.crons);
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
    const faults = error instanceof ConfigError ? error.faults : [(error as Error).message.split("\n")[0]];
    throw new StartError(faults.map((fault) => `${path}: ${fault}`).join("\n"), { cause: error });
  }
}

async function importConfig(path: string): Promise<Config> {
  const { config } = (await import(pathToFileURL(path).href)) as { config: Config };
  return config;
}
