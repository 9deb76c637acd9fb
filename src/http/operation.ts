import type { Handler, Input } from "hono";
import type * as z from "zod";
import type { ProblemCode } from "./problem.ts";
import type { RequestField } from "./request-fields.ts";
import type { Scope } from "./scopes.ts";

/** What a route reads from a request. Fields of a path and a query are text; a schema may make more of them. */
export interface Takes {
  readonly param?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  readonly json?: z.ZodType | undefined;
}

/** What a route answers with one status. */
export interface Answer {
  readonly description: string;
  /** Of a JSON body; without it, the body is not said or there is none. */
  readonly schema?: z.ZodType | JsonSchema | undefined;
  /** Other forms in which the same can be had, as media types. */
  readonly alsoAs?: readonly string[];
}

/** A schema as data (JSON Schema 2020-12), from whichever library. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A route as `/openapi.json` tells of it, and as the door and the checks of its input enforce it. */
export interface Operation {
  /** What a token needs; `undefined` for everyone. */
  readonly scope: Scope | undefined;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly takes?: Takes | undefined;
  /** Header fields that it goes by, besides those that every route does. */
  readonly fields?: readonly RequestField[] | undefined;
  /** The media type of a body that is taken as it comes, where it takes one. */
  readonly rawBody?: string | undefined;
  /** The largest JSON body that it reads. */
  readonly maxBodyBytes?: number | undefined;
  /** By status; problems come apart. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Problems of its own, besides those that follow from the rest. */
  readonly problems?: readonly ProblemCode[] | undefined;
}

/** The types of what a route reads, before and after its schemas, for Hono and its typed client. */
export interface InputOf<T extends Takes> extends Input {
  in: { [Target in keyof T]: T[Target] extends z.ZodType ? z.input<T[Target]> : never };
  out: { [Target in keyof T]: T[Target] extends z.ZodType ? z.output<T[Target]> : never };
}

const OPERATION = Symbol("operation");

/** Attaches to a handler what it does, to be asked for when somebody wants to read it. */
export function describeHandler<H extends object>(handler: H, describe: () => Operation): H {
  return Object.assign(handler, { [OPERATION]: describe });
}

/** What was attached to a handler. */
export function operationOf(handler: Handler | object): Operation | undefined {
  // Any function may be asked; only those of `describeHandler` have it.
  return (handler as { readonly [OPERATION]?: () => Operation })[OPERATION]?.();
}
