import { isTooDeep, MAX_DEPTH } from "./json-depth.ts";
import { ProblemError } from "./problem.ts";

/**
 * Reads a request's body as JSON, and no more of it than allowed.
 *
 * @throws {ProblemError} `content-too-large` or `bad-request`.
 */
export async function readJsonBody(request: Request, maxBytes: number): Promise<unknown> {
  const tooLarge = () =>
    new ProblemError("content-too-large", { detail: `Expected a body of at most ${maxBytes} bytes` });
  if (Number(request.headers.get("Content-Length") ?? 0) > maxBytes) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let bytes = 0;
  let text = "";
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
    if (isTooDeep(text)) {
      throw new ProblemError("bad-request", {
        detail: `Expected JSON that is nested no deeper than ${MAX_DEPTH}`,
      });
    }
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError("bad-request", { detail: "Expected a body of JSON in UTF-8", cause: error });
  }
}
