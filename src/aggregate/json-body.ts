import { isCancellation } from "#kernel";
import { CallError } from "./failure.ts";

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
export async function readJson(response: Response, maxBytes: number, signal: AbortSignal): Promise<JsonBody> {
  const type = response.headers.get("Content-Type");
  if (type !== null && !READABLE.test(type)) {
    await response.body?.cancel();
    throw new CallError({ kind: "malformed", reason: "something that is not JSON" });
  }
  const text = await readText(response, maxBytes, signal);
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
function isTooDeep(text: string): boolean {
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

/**
 * Reads a body's bytes.
 *
 * @param maxBytes The most to read, decoded; a longer body is left unread.
 * @throws {CallError} When it is too large or breaks off. The reason of `signal`.
 */
export async function readBytes(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return await readBody(response, maxBytes, signal, {
    whole: async () => new Uint8Array(await response.arrayBuffer()),
    join: (chunks, bytes) => {
      const joined = new Uint8Array(bytes);
      let offset = 0;
      for (const chunk of chunks) {
        joined.set(chunk, offset);
        offset += chunk.length;
      }
      return joined;
    },
  });
}

async function readText(response: Response, maxBytes: number, signal: AbortSignal): Promise<string> {
  return await readBody(response, maxBytes, signal, {
    whole: async () => await response.text(),
    join: (chunks) => {
      const decoder = new TextDecoder();
      return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
    },
  });
}

interface Reader<T> {
  /** Reads all at once: the fast way, for a body whose size is known. */
  readonly whole: () => Promise<T>;
  readonly join: (chunks: readonly Uint8Array[], bytes: number) => T;
}

async function readBody<T>(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
  { whole, join }: Reader<T>,
): Promise<T> {
  const tooLarge = new CallError({ kind: "too-large", limitBytes: maxBytes });
  const length = Number(response.headers.get("Content-Length") ?? Number.NaN);
  if (length > maxBytes) {
    await response.body?.cancel();
    throw tooLarge;
  }
  try {
    // A declared length bounds the body, unless it is the length before decompression.
    if (length <= maxBytes && !response.headers.has("Content-Encoding")) return await whole();
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge; // leaving the loop cancels the body
      chunks.push(chunk);
    }
    return join(chunks, bytes);
  } catch (error) {
    if (error === tooLarge || isCancellation(error, signal)) throw error;
    throw new CallError({ kind: "reset" }, { cause: error });
  }
}
