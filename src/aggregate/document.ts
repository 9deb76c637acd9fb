import type { Plain } from "#kernel";
import type { Reply } from "./reply.ts";

/** The fields of an upstream's answer that matter to ours. */
const KEPT = ["cache-control", "age", "vary", "expires", "date", "link"] as const;

/** Header fields of an answer, by lower-case name; `null` where it has none. */
type DocumentFields = Readonly<Record<(typeof KEPT)[number], string | null>>;

/** A JSON document from an upstream, as plain data: it is kept, and shared between requests. */
export interface Document {
  readonly [member: string]: Plain;
  /** The parsed body; `null` where the status has none. */
  readonly body: Plain;
  readonly fields: DocumentFields;
  readonly bytes: number;
}

/** Keeps what matters of an answer. */
export function toDocument(body: unknown, bytes: number, reply: Reply): Document {
  const fields = Object.fromEntries(KEPT.map((name) => [name, reply.header(name)]));
  // The body comes from `JSON.parse`; the fields are all there by construction.
  return { body: body as Plain, fields: fields as DocumentFields, bytes };
}
