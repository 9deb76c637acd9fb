import { styleText } from "node:util";
import { findEndpoint, unknownEndpoint } from "../src/aggregate/endpoint-names.ts";
import { explain } from "../src/aggregate/explain.ts";
import { renderExplanation } from "../src/aggregate/explain-text.ts";
import type { EndpointPlan } from "../src/aggregate/plan.ts";
import type { Environment } from "../src/aggregate/upstream-plan.ts";
import type { Config } from "../src/config.ts";
import { keyNames, originNames } from "./config-settings.ts";
import { StartError } from "./options.ts";
import { loadPlans } from "./preflight.ts";

/** `npm run explain [-- route-or-name]`: what each endpoint costs, or the one that is asked for. Calls nobody. */
async function main([name]: readonly string[]): Promise<void> {
  const plans = await loadPlans(environmentFor);
  const texts = choose(name, plans).map((plan) => paint(renderExplanation(explain(plan))));
  console.log(texts.join("\n\n"));
}

function choose(name: string | undefined, plans: readonly EndpointPlan[]): readonly EndpointPlan[] {
  if (name === undefined) return plans;
  const plan = findEndpoint(name, plans);
  if (plan === undefined) throw new StartError(unknownEndpoint(name, plans));
  return [plan];
}

/** An environment in which every origin and key is set, to the same: nothing is sent there. */
function environmentFor(config: Config): Environment {
  const names = [...originNames(config), ...keyNames(config)];
  const variables = Object.fromEntries(names.map((name) => [name, "https://upstream.invalid"]));
  return { variables, allowLoopback: true };
}

/** Colours for a terminal; `styleText` leaves them out where standard output is none. */
function paint(text: string): string {
  const [heading = "", ...lines] = text.split("\n");
  const body = lines.join("\n").replaceAll(/━+/g, (bar) => styleText("cyan", bar));
  return `${styleText("bold", heading)}\n${body}`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof StartError ? error.message : `Cannot explain: ${(error as Error).message}`);
  process.exitCode = 1;
}
