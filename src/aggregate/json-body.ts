import type { CancelSignal } from "#kernel";
import { CallError } from "./failure.ts";
import type { Reply } from "./reply.ts";

/** How deep JSON may nest. */
const MAX_DEPTH = 100;

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [34, 92, 91, 93, 123, 125];

/** Types that are read as JSON; an answer that names none is given the benefit of the doubt. */
const READABLE = /^(?:(?:application|text)\/(?:[\w.-]+\+)?json|text\/plain)\s*(?:;|$)/i;

/** A parsed body, and how many bytes it took. */
export interface JsonBody {
  readonly value: unknown;
  readonly bytes: number;
}

/**
 * Reads a body as JSON.
 *
 * @param maxBytes The most to read, decoded; a longer body is left unread.
 * @throws {CallError} When it is too large, too deep, breaks off or is no JSON. The reason of `signal`.
 */
export async function readJson(reply: Reply, maxBytes: number, signal: CancelSignal): Promise<JsonBody> {
  const type = reply.header("content-type");
  if (type !== null && !READABLE.test(type)) {
    await reply.cancel();
    throw new CallError({ kind: "malformed", reason: "something that is not JSON" });
  }
  const text = await reply.text(maxBytes, signal);
  if (isTooDeep(text)) {
    throw new CallError({ kind: "malformed", reason: `JSON that is nested deeper than ${MAX_DEPTH}` });
  }
  try {
    return { value: JSON.parse(text) as unknown, bytes: text.length };
  } catch (error) {
    throw new CallError({ kind: "malformed", reason: "a body that is not valid JSON" }, { cause: error });
  }
}

/**
 * Whether a text nests deeper than JSON may here: the parser takes any depth, and what walks the value later, such
 * as `JSON.stringify`, would run out of stack.
 */
export function isTooDeep(text: string): boolean {
  if (hasFew(text, "{", "[")) return false;
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) isInString = !isInString;
    else if (code === BACKSLASH && isInString) index += 1;
    else if (isInString) continue;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth -= 1;
  }
  return false;
}

/** Whether these come so seldom that there is no need to look at every character: in most documents, and much faster. */
function hasFew(text: string, ...marks: readonly string[]): boolean {
  let count = 0;
  for (const mark of marks) {
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
      count += 1;
      if (count > MAX_DEPTH) return false;
    }
  }
  return true;
}
