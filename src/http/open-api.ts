import type { RouterRoute } from "hono/types";
import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { type Answer, type Operation, operationOf } from "./operation.ts";
import { type ProblemCode, PROBLEMS } from "./problem.ts";
import { REQUEST_FIELDS, type RequestField } from "./request-fields.ts";
import { ALL_SCOPES, SCOPES } from "./scopes.ts";

/** A document of OpenAPI 3.1. */
export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The name of what `Authorization: Bearer` is in the document. */
const BEARER = "bearer";

/**
 * Writes down every route that says what it does, from the same schemas that check its requests.
 *
 * @param routes Those of the app, in the order in which they are tried.
 * @param before Problems of what stands before all of `/v1`, besides the door's.
 */
export function describeRoutes(
  routes: readonly RouterRoute[],
  before: readonly ProblemCode[] = [],
): OpenApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const { method, path, handler } of routes) {
    const operation = operationOf(handler);
    if (operation === undefined) continue;
    const template = path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");
    const { problems = [] } = operation;
    const whole = template.startsWith("/v1/")
      ? { ...operation, problems: [...before, ...problems] }
      : operation;
    (paths[template] ??= {})[method.toLowerCase()] = describeOperation(method, template, whole);
  }
  return createDocument({
    openapi: "3.1.1",
    info: { title: "Manifold", version: "1", description: INTRODUCTION },
    paths,
    components: {
      securitySchemes: {
        [BEARER]: { type: "http", scheme: "bearer", bearerFormat: "mf_…", description: TOKENS },
      },
    },
  });
}

const INTRODUCTION =
  "`/api` holds the endpoints of this Manifold's configuration, `/v1` what every Manifold offers. " +
  "What goes wrong is answered with a problem (RFC 9457).";
const TOKENS = [
  "A token and what it is good for:",
  "",
  ...ALL_SCOPES.map((scope) => `- \`${scope}\`: ${SCOPES[scope]}`),
].join("\n");

function describeOperation(method: string, path: string, operation: Operation): ZodOpenApiOperationObject {
  const { scope, summary, description, takes = {}, fields = [], rawBody, answers } = operation;
  const { param, query, json } = takes;
  return {
    operationId: nameOf(method, path),
    tags: [tagOf(path)],
    summary,
    ...(description !== undefined && { description }),
    // For a scheme that is not OAuth, these are roles that a caller must have (OpenAPI 3.1, 4.8.30).
    security: scope === undefined ? [] : [{ [BEARER]: [scope] }],
    requestParams: {
      ...(param && { path: param }),
      ...(query && { query }),
      ...(fields.length > 0 && { header: describeFields(fields) }),
    },
    ...(json && { requestBody: { required: true, content: { "application/json": { schema: json } } } }),
    ...(rawBody !== undefined && { requestBody: { content: { [rawBody]: {} } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
      ...describeProblems(problemsOf(operation)),
    },
  };
}

function describeFields(fields: readonly RequestField[]): z.ZodObject {
  return z.object(
    Object.fromEntries(
      fields.map((name) => [name, z.string().optional().meta({ description: REQUEST_FIELDS[name] })]),
    ),
  );
}

/** `getV1EndpointsByName` for `GET /v1/endpoints/{name}`. */
function nameOf(method: string, path: string): string {
  const words = path.split("/").map((segment) => segment.replace(/^\{(.*)\}$/, "by-$1"));
  const parts = words.flatMap((word) => word.split(/\W+/)).filter((part) => part !== "");
  return method.toLowerCase() + parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
}

/** `api` for configured endpoints; for our own routes the capability, as in `/v1/fanout`. */
function tagOf(path: string): string {
  const [first = "", second = ""] = path.slice(1).split("/");
  return first === "v1" ? second : first;
}

function describeAnswer({ description, schema, alsoAs = [] }: Answer): ZodOpenApiResponsesObject["200"] {
  if (schema === undefined) return { description };
  const others = alsoAs.map((type) => [type, {}] as const);
  return { description, content: { "application/json": { schema }, ...Object.fromEntries(others) } };
}

/** What follows from what a route needs and takes, then what it says itself. */
function problemsOf({ scope, takes = {}, problems = [] }: Operation): readonly ProblemCode[] {
  const isGuarded = scope !== undefined;
  return [
    ...(isGuarded
      ? (["unauthorized", "insufficient-scope", "origin-not-allowed", "auth-not-configured"] as const)
      : []),
    ...(Object.values(takes).some((schema) => schema !== undefined) ? (["bad-request"] as const) : []),
    ...(takes.json === undefined ? [] : (["content-too-large", "unsupported-media-type"] as const)),
    ...problems,
    "internal-error",
  ];
}

const Problem = z
  .looseObject({
    type: z.string().meta({ description: "`urn:manifold:problem:` and the code" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().meta({ description: "The request's id, which is in `X-Request-Id` too" }),
  })
  .meta({ id: "Problem", description: "What went wrong; some codes have members of their own" });

/** One response a status, with all codes that have it. */
function describeProblems(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(new Set(codes), statusOf);
  const responses = Array.from(byStatus, ([status, group]) => {
    const description = group.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}`).join("; ");
    return [status, { description, content: { "application/problem+json": { schema: Problem } } }] as const;
  });
  return Object.fromEntries(responses);
}

function statusOf(code: ProblemCode): string {
  // Its status is the upstream's.
  return code === "upstream-refused" ? "4XX" : String(PROBLEMS[code][0]);
}
