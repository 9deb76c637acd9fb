import { unstable_readConfig } from "wrangler";
import { buildConsole } from "./build-console.ts";
import { expectDeployable } from "./expect-deployable.ts";
import { StartError } from "./options.ts";
import { expectConfig } from "./preflight.ts";
import { runTool } from "./tool.ts";

/**
 * `npm run deploy`: refuses a configuration that would not run, then deploys. What follows `--` goes to wrangler;
 * `--dry-run` builds all of it and sends nothing.
 */
async function main(args: readonly string[]): Promise<boolean> {
  const { vars } = unstable_readConfig({ config: "wrangler.toml" });
  const written = Object.entries(vars).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const sent = Object.fromEntries([...written, ...given(args)]);
  expectDeployable(sent);
  const isDry = args.includes("--dry-run");
  // A dry run checks the configuration's form; where its upstreams are is known when it is for real.
  await expectConfig({ ...sent, ALLOW_LOOPBACK: isDry ? "1" : "0" });
  await buildConsole({});
  const { ok } = await runTool("wrangler", ["deploy", ...args], { show: true });
  return ok;
}

/** The variables given as `--var NAME:VALUE` or `--var=NAME:VALUE`. */
function given(args: readonly string[]): [string, string][] {
  return args.flatMap((argument, index): [string, string][] => {
    const isValue = args[index - 1] === "--var";
    const variable = isValue ? argument : argument.startsWith("--var=") ? argument.slice(6) : undefined;
    if (variable === undefined) return [];
    const colon = variable.indexOf(":");
    return [[variable.slice(0, colon), variable.slice(colon + 1)]];
  });
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
