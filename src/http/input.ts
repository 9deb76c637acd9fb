import type * as z from "zod";
import { ProblemError } from "./problem.ts";

/**
 * Checks what a caller sent.
 *
 * @param whole What to call it where no part of it is to blame.
 * @throws {ProblemError} `bad-request`, naming the first place and the rule, in `detail` and in `item`.
 */
export function checkInput<T extends z.ZodType>(schema: T, value: unknown, whole: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw refuseInput(place === "" ? whole : place, issue?.message ?? "cannot be understood");
}

/** Refuses what a caller sent: where it is, and the rule that it breaks. */
export function refuseInput(place: string, rule: string): ProblemError {
  return new ProblemError("bad-request", { detail: `\`${place}\`: ${rule}`, members: { item: place } });
}
