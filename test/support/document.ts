import type { OpenApiDocument } from "../../src/http/open-api.ts";
import type { JsonSchema } from "../../src/http/operation.ts";

/** One operation of the document, with what a test wants to know of it. */
export interface DocumentedOperation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly operationId: string;
  /** What a token needs; `undefined` for everyone. */
  readonly scope: string | undefined;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  /** Of the JSON body, if it takes one. */
  readonly body: JsonSchema | undefined;
  /** Statuses that are said to be answered, such as `200` and `4XX`. */
  readonly statuses: readonly string[];
  /** Of a JSON answer of a status, if it is said. */
  readonly answerOf: (status: number) => JsonSchema | undefined;
}

/** The part of an operation that we read, as JSON. */
interface WrittenOperation extends Pick<DocumentedOperation, "operationId"> {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: DocumentedOperation["parameters"];
  readonly requestBody?: WithContent;
  readonly responses: Readonly<Record<string, WithContent>>;
}
interface WithContent {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

/** All operations of the document, in its order. */
export function operationsOf({ paths }: OpenApiDocument): readonly DocumentedOperation[] {
  // Read as whoever gets it reads it.
  const written = JSON.parse(JSON.stringify(paths)) as Record<string, Record<string, WrittenOperation>>;
  const jsonOf = (part: WithContent | undefined) => part?.content?.["application/json"]?.schema;
  return Object.entries(written).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operationId: operation.operationId,
      scope: operation.security[0]?.["bearer"]?.[0],
      parameters: operation.parameters ?? [],
      body: jsonOf(operation.requestBody),
      statuses: Object.keys(operation.responses),
      answerOf: (status: number) => jsonOf(operation.responses[status]),
    })),
  );
}

/** A path with its parameters filled in. */
export function fillPath(path: string, valueOf: (name: string) => string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name)));
}
