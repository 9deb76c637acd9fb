import { ProblemError } from "./problem.ts";

const MAX_LENGTH = 255;

/**
 * Reads `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07, 2.1): a string of a structured field, as
 * `"8e03978e"`; the same without quotes is common, and is taken as well.
 *
 * @throws {ProblemError} `bad-request`.
 */
export function idempotencyKey(headers: Headers): string | undefined {
  const field = headers.get("Idempotency-Key");
  if (field === null) return undefined;
  const key = /^"(.*)"$/.exec(field)?.[1] ?? field;
  // Two fields of this name arrive as one with a comma, which is no key.
  if (key.length <= MAX_LENGTH && /^[\w.:~+/=-]+$/.test(key)) return key;
  throw new ProblemError("bad-request", {
    detail: `Expected \`Idempotency-Key\` to be 1 to ${MAX_LENGTH} letters, digits and \`._:~+/=-\`, in quotes or not`,
    members: { item: "Idempotency-Key" },
  });
}
