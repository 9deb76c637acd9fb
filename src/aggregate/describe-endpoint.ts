import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import * as z from "zod";
import type { JsonSchema, Operation } from "../http/operation.ts";
import type { ProblemCode } from "../http/problem.ts";
import type { BranchPlan } from "./branch-plan.ts";
import type { EndpointPlan } from "./plan.ts";
import { EVENT_STREAM, NDJSON } from "./stream.ts";

/** What a configured endpoint takes and answers, as far as its declaration tells: a query is read by functions. */
export function describeEndpoint(plan: EndpointPlan): Operation {
  const names = plan.path.match(/(?<=:)\w+/g) ?? [];
  const param = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  const branches = plan.branches.map(({ name, optional }) =>
    optional ? `\`${name}\` if it can be had` : `\`${name}\``,
  );
  return {
    scope: plan.scope,
    summary: `Answers from ${plan.branches.length === 1 ? "one call" : `${plan.branches.length} calls`}: ${branches.join(", ")}`,
    ...(names.length > 0 && { takes: { param } }),
    fields: ["If-None-Match"],
    answers: {
      200: {
        description: "What the branches answered, put together. `Manifold-Incomplete` names what is missing.",
        schema: answerSchema(plan),
        alsoAs: [NDJSON.contentType, EVENT_STREAM.contentType],
      },
      304: { description: "As `If-None-Match` has it" },
    },
    problems: problemsOf(plan),
  };
}

function problemsOf({ branches, merge, respond }: EndpointPlan): readonly ProblemCode[] {
  const decides = branches.some(({ statusFrom }) => statusFrom);
  const mayWait = branches.some(({ source: { upstream } }) => upstream.breaker ?? upstream.pace);
  const canConflict = respond === undefined && merge.strategy !== "namespace";
  return [
    "bad-request",
    "upstream-failed",
    "upstream-timeout",
    ...(decides ? (["not-found", "upstream-refused"] as const) : []),
    ...(mayWait ? (["upstream-unavailable"] as const) : []),
    ...(canConflict ? (["merge-conflict"] as const) : []),
  ];
}

/** A member a branch; anything, where something else makes the answer. */
function answerSchema({ branches, merge, respond }: EndpointPlan): JsonSchema {
  if (respond !== undefined || merge.strategy !== "namespace") return {};
  return {
    type: "object",
    properties: Object.fromEntries(branches.map((branch) => [branch.name, resultSchema(branch)])),
    required: branches.flatMap(({ name, optional }) => (optional ? [] : name)),
  };
}

/** Anything, where a function or a shape makes of a checked value what no schema tells. */
function resultSchema({ schema, pick, rename, map, each, pages }: BranchPlan): JsonSchema {
  const isChanged = [pick, rename, map, each?.attach, pages?.items].some((change) => change !== undefined);
  const checked = isChanged ? {} : toJsonSchema(schema);
  if (each === undefined) return checked;
  return { type: "array", items: each.partial ? { anyOf: [checked, { type: "null" }] } : checked };
}

/** A schema as data, where its library can write it. */
function toJsonSchema(schema: StandardSchemaV1 | undefined): JsonSchema {
  if (schema === undefined) return {};
  // Libraries that can, have it beside the check.
  const { jsonSchema } = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
  try {
    const { $schema: _, ...written } = jsonSchema?.output({ target: "draft-2020-12" }) ?? {};
    return written;
  } catch {
    return {}; // a type that JSON Schema has no word for, such as a date
  }
}
