import type { CancelSignal } from "#kernel";
import { isTooDeep, MAX_DEPTH } from "../http/json-depth.ts";
import { CallError } from "./failure.ts";
import type { Reply } from "./reply.ts";

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
