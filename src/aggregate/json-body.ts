import { isCancellation } from "#kernel";
import { CallError } from "./failure.ts";

/** Types that are read as JSON; an answer that names none is given the benefit of the doubt. */
const READABLE = /^(?:(?:application|text)\/(?:[\w.-]+\+)?json|text\/plain)\s*(?:;|$)/i;

/**
 * Reads a body as JSON.
 *
 * @param maxBytes The most to read, decoded; a longer body is left unread.
 * @throws {CallError} When it is too large, breaks off or is no JSON. The reason of `signal`.
 */
export async function readJson(response: Response, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  const type = response.headers.get("Content-Type");
  if (type !== null && !READABLE.test(type)) {
    await response.body?.cancel();
    throw new CallError({ kind: "malformed", reason: "something that is not JSON" });
  }
  const text = await readText(response, maxBytes, signal);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CallError({ kind: "malformed", reason: "a body that is not valid JSON" }, { cause: error });
  }
}

async function readText(response: Response, maxBytes: number, signal: AbortSignal): Promise<string> {
  const tooLarge = new CallError({ kind: "too-large", limitBytes: maxBytes });
  const length = Number(response.headers.get("Content-Length") ?? Number.NaN);
  if (length > maxBytes) {
    await response.body?.cancel();
    throw tooLarge;
  }
  try {
    // A declared length bounds the body, unless it is the length before decompression.
    if (length <= maxBytes && !response.headers.has("Content-Encoding")) return await response.text();
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge; // leaving the loop cancels the body
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error === tooLarge || isCancellation(error, signal)) throw error;
    throw new CallError({ kind: "reset" }, { cause: error });
  }
}
