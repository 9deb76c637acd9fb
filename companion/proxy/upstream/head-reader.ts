import { Refusal } from "../refusal.ts";
import type { RawFields } from "../rules/fields.ts";
import type { ResponseHead } from "../rules/response-head.ts";

/** RFC 9112 §4. The reason phrase may be missing with its space, as many an origin writes it. */
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
/** RFC 9112 §5, without line folding (§5.2): a name, a colon at once, a value without its white space. */
const FIELD =
  /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):[\t ]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[\t ]*$/;

/**
 * Reads a response's head.
 *
 * @param text Its lines without the empty one at the end, a character a byte.
 * @throws {Refusal} Naming what is wrong, without repeating it.
 */
export function readHead(text: string): ResponseHead {
  const lines = text.split("\r\n");
  const [, httpVersion, status, reason = ""] = STATUS_LINE.exec(lines[0] ?? "") ?? [];
  if (httpVersion === undefined || status === undefined) {
    throw new Refusal("protocol", "the origin's answer does not begin with a status line");
  }
  return { status: Number(status), reason, httpVersion, raw: readFieldLines(lines, 1) };
}

/** Reads field lines from one on. @throws {Refusal} When one is none. */
export function readFieldLines(lines: readonly string[], from: number): RawFields {
  const raw: string[] = [];
  for (let at = from; at < lines.length; at += 1) {
    const match = FIELD.exec(lines[at] ?? "");
    if (match === null) throw new Refusal("protocol", "the origin's answer has a malformed header field");
    raw.push(match[1] ?? "", match[2] ?? "");
  }
  return raw;
}
