import type { Bucket } from "../files/bucket.ts";
import type { TaskServices } from "../tasks/context.ts";
import { NotRetryableError } from "../tasks/define.ts";
import type { FromEnvironment } from "./variable.ts";

/** A kind of binding. */
export interface Kind<T> {
  /** What it is, for whoever has to configure it. */
  readonly what: string;
  /** The method that it is known by. */
  readonly has: keyof T & string;
}

const R2: Kind<Bucket> = {
  what: "an R2 bucket (`[[r2_buckets]]` in wrangler.toml)",
  has: "createMultipartUpload",
};

/**
 * Finds a binding that a task type needs.
 *
 * @throws {NotRetryableError} When there is none, saying what to configure.
 */
export function bindingFrom<T>(
  { variables }: TaskServices,
  { env }: FromEnvironment,
  { what, has }: Kind<T>,
): T {
  const binding = variables[env];
  // What has the method is of the kind.
  if (typeof binding === "object" && binding !== null && has in binding) return binding as T;
  throw new NotRetryableError(`Expected \`${env}\` to be ${what} for tasks of this type`);
}

/** Finds an R2 bucket. @throws {NotRetryableError} When there is none. */
export function bucketFrom(services: TaskServices, from: FromEnvironment): Bucket {
  return bindingFrom(services, from, R2);
}
