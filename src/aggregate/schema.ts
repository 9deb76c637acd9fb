import type { StandardSchemaV1 } from "@standard-schema/spec";
import { CallError } from "./failure.ts";

/**
 * Checks a value against a schema.
 *
 * @returns The schema's output, which may differ from its input.
 * @throws {CallError} When it does not match; says where, and nothing of what is there.
 */
export async function checkSchema(schema: StandardSchemaV1, value: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const path =
    result.issues[0]?.path?.map((part) => String(typeof part === "object" ? part.key : part)) ?? [];
  const place = path.length === 0 ? "the answer" : `\`${path.join(".")}\``;
  throw new CallError({ kind: "invalid", reason: `${place} is not what it should be` });
}
