import type { TaskServices } from "../tasks/context.ts";
import { NotRetryableError } from "../tasks/define.ts";

/** A variable, a secret or a binding of the Worker, by its name. */
export interface FromEnvironment {
  readonly env: string;
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
