import { parseArgs } from "node:util";
import { unstable_readConfig, type Unstable_Config } from "wrangler";
import { buildConsole } from "./build-console.ts";
import { expectBindings } from "./expect-bindings.ts";
import { expectDeployable } from "./expect-deployable.ts";
import { StartError } from "./options.ts";
import { expectConfig } from "./preflight.ts";
import { runTool } from "./tool.ts";

/**
 * `npm run deploy`: refuses a configuration that would not run, then deploys. What follows `--` goes to wrangler;
 * `--dry-run` builds all of it and sends nothing.
 */
async function main(args: readonly string[]): Promise<boolean> {
  const { variables, environment, isDry } = read(args);
  const { vars, triggers, ...bindings } = readConfig(environment);
  expectBindings(bindings);
  const sent = { ...vars, ...variables };
  expectDeployable(sent);
  // A dry run checks the configuration's form; where its upstreams are is known when it is for real.
  const checked = { ...sent, ALLOW_LOOPBACK: isDry ? "1" : "0" };
  await expectConfig(checked, { crons: triggers.crons ?? [], mayKeepSecrets: true });
  await buildConsole({});
  const { ok } = await runTool("wrangler", ["deploy", ...args], { show: true });
  return ok;
}

/** What we have to know of what goes to wrangler. One `--var` may have several `NAME:VALUE` behind it. */
function read(args: readonly string[]) {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: {
      var: { type: "string", multiple: true },
      env: { type: "string", short: "e" },
      "dry-run": { type: "boolean" },
    },
    strict: false,
    tokens: true,
  });
  const variables: Record<string, string> = {};
  let isVariable = false;
  for (const token of tokens) {
    if (token.kind === "option") isVariable = token.name === "var";
    const text = token.kind === "option-terminator" || !isVariable ? undefined : token.value;
    if (text === undefined) continue;
    const colon = text.indexOf(":");
    variables[text.slice(0, colon)] = text.slice(colon + 1);
  }
  const environment = typeof values.env === "string" ? values.env : undefined;
  return { variables, environment, isDry: values["dry-run"] === true };
}

function readConfig(env: string | undefined): Unstable_Config {
  try {
    return unstable_readConfig({ config: "wrangler.toml", env });
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
