import { nearest } from "../src/http/nearest.ts";
import type { CronEntry } from "../src/tasks/cron.ts";
import { StartError } from "./options.ts";

/**
 * Makes sure that the platform is told of every moment that the configuration waits for.
 *
 * @param crons The expressions of `[triggers]` in wrangler.toml.
 * @throws {StartError} With a line for each expression that is not among them.
 */
export function expectTriggers(entries: readonly CronEntry[], crons: readonly string[]): void {
  const faults = entries
    .filter(({ cron }) => !crons.includes(cron))
    .map(({ cron, type }) => {
      const near = nearest(cron, crons);
      const hint = near === undefined ? "add it" : `there is \`${near}\``;
      return `cron \`${cron}\` of \`${type}\`: expected it among \`crons\` of [triggers] in wrangler.toml; ${hint}`;
    });
  if (faults.length > 0) throw new StartError(faults.join("\n"));
}
