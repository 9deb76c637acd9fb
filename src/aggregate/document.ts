import type { Plain } from "#kernel";
import type { Reply } from "./reply.ts";

/** The fields of an upstream's answer that matter to ours, by lower-case name; `null` where it has none. */
type DocumentFields = Readonly<
  Record<"cache-control" | "age" | "vary" | "expires" | "date" | "link", string | null>
>;

/** A JSON document from an upstream, as plain data: it is kept, and shared between requests. */
export interface Document {
  readonly [member: string]: Plain;
  /** The parsed body; `null` where the status has none. */
  readonly body: Plain;
  readonly fields: DocumentFields;
  readonly bytes: number;
}

/** Of an answer that says nothing. */
export const NO_FIELDS: DocumentFields = {
  "cache-control": null,
  age: null,
  vary: null,
  expires: null,
  date: null,
  link: null,
};

/** Keeps what matters of an answer. */
export function toDocument(body: unknown, bytes: number, reply: Reply): Document {
  const fields: DocumentFields = {
    "cache-control": reply.header("cache-control"),
    age: reply.header("age"),
    vary: reply.header("vary"),
    expires: reply.header("expires"),
    date: reply.header("date"),
    link: reply.header("link"),
  };
  return { body: body as Plain, fields, bytes }; // it comes from `JSON.parse`
}
