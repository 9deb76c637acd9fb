import { VARIABLES } from "../src/environment.ts";
import { misspelt } from "../src/http/nearest.ts";
import { TICKET_SECRET } from "../src/http/ticket.ts";
import { API_TOKENS } from "../src/http/tokens.ts";
import { StartError } from "./options.ts";

/** What opens something for whoever works on this machine, and would open it for everyone elsewhere. */
const LOCAL_ONLY: Readonly<Record<string, string>> = { AUTH: "open", ALLOW_LOOPBACK: "1" };

/** What anyone who may look at a Worker could read, were it a variable. */
const SECRETS: ReadonlySet<string> = new Set([API_TOKENS, TICKET_SECRET]);

/**
 * Makes sure that no variable of the Worker is misspelt, for that would be ignored in silence.
 *
 * @throws {StartError} Naming it, and what was probably meant.
 */
export function expectSpelt(variables: Readonly<Record<string, unknown>>): void {
  for (const { name, meant } of misspelt(Object.keys(variables), VARIABLES))
    throw new StartError(`Expected no variable ${name}, which means nothing; did you mean ${meant}?`);
}

/**
 * Makes sure that a deploy sends no variable that belongs on one machine or is misspelt, and no secret as a variable.
 *
 * @throws {StartError} Naming the variable and what to do.
 */
export function expectDeployable(variables: Readonly<Record<string, unknown>>): void {
  expectSpelt(variables);
  for (const [name, value] of Object.entries(variables)) {
    if (LOCAL_ONLY[name] === String(value)) {
      throw new StartError(
        `Expected a deploy without ${name}=${LOCAL_ONLY[name]}, which is for local use only`,
      );
    }
    if (SECRETS.has(name)) {
      throw new StartError(
        `Expected ${name} as a secret, not as a variable: npx wrangler secret put ${name}`,
      );
    }
  }
}
