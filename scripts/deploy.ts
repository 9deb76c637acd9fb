import { unstable_readConfig } from "wrangler";
import { buildConsole } from "./build-console.ts";
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
  const isDry = args.includes("--dry-run");
  // A dry run checks the configuration's form; where its upstreams are is known when it is for real.
  const variables = {
    ...Object.fromEntries([...written, ...given(args)]),
    ALLOW_LOOPBACK: isDry ? "1" : "0",
  };
  await expectConfig(variables);
  await buildConsole({});
  const { ok } = await runTool("wrangler", ["deploy", ...args], { show: true });
  return ok;
}

/** The variables given as `--var NAME:VALUE`. */
function given(args: readonly string[]): [string, string][] {
  return args.flatMap((argument, index): [string, string][] => {
    if (args[index - 1] !== "--var") return [];
    const colon = argument.indexOf(":");
    return [[argument.slice(0, colon), argument.slice(colon + 1)]];
  });
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
