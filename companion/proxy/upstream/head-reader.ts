import { Refusal } from "../refusal.ts";
import type { RawFields } from "../rules/fields.ts";
import type { ResponseHead } from "../rules/response-head.ts";

/** RFC 9112 §4. The reason phrase may be missing with its space, as many an origin writes it. */
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
/**
 * RFC 9112 §5, without line folding (§5.2): a name, a colon at once, a value. The white space around that is not told
 * apart here: of very much of it, every part would be tried as either.
 */
const FIELD = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;

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
    raw.push(match[1] ?? "", withoutWhiteSpace(match[2] ?? ""));
  }
  return raw;
}

/** Without what stands around it: blanks and tabs, and nothing else that `trim` takes away. */
function withoutWhiteSpace(value: string): string {
  let [from, to] = [0, value.length];
  while (from < to && isBlank(value.charCodeAt(from))) from += 1;
  while (to > from && isBlank(value.charCodeAt(to - 1))) to -= 1;
  return value.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
