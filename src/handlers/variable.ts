import type { TaskServices } from "../tasks/context.ts";
import { NotRetryableError } from "../tasks/define.ts";

/** A variable, a secret or a binding of the Worker, by its name. */
export interface FromEnvironment {
  readonly env: string;
}

/**
 * Makes sure that options name what they are to be found by: what is written in their place may be a secret.
 *
 * @throws {TypeError} Naming the option. The message does not show it.
 */
export function expectNames(options: Readonly<Record<string, FromEnvironment>>): void {
  for (const [name, from] of Object.entries<Partial<FromEnvironment> | undefined>(options)) {
    if (typeof from?.env !== "string")
      throw new TypeError(
        `Expected \`${name}\` to be \`{ env: "NAME" }\`, a variable or a binding of the Worker`,
      );
  }
}

/**
 * Reads a text that a task type needs.
 *
 * @throws {NotRetryableError} When it is not set, naming it.
 */
export function textFrom({ variables }: TaskServices, { env }: FromEnvironment): string {
  const value = variables[env];
  if (typeof value === "string" && value !== "") return value;
  throw new NotRetryableError(`Expected \`${env}\` to be set for tasks of this type`);
}
