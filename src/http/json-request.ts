import { isTooDeep, MAX_DEPTH } from "./json-depth.ts";
import { ProblemError } from "./problem.ts";

/**
 * Reads a request's body as JSON, and no more of it than allowed. What it is called does not matter as long as it is JSON:
 * `curl -d` calls everything a form.
 *
 * @throws {ProblemError} `content-too-large`; `unsupported-media-type` for what is not JSON and does not say that it is;
 *   `bad-request`.
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
    throw notJson(request.headers, text, error);
  }
}

/** Blames the type only where the text does not try to be JSON: one that has a slip in it is what it was meant to be. */
function notJson(headers: Headers, text: string, cause: unknown): ProblemError {
  const coding = headers.get("Content-Encoding") ?? "identity";
  const type = headers.get("Content-Type") ?? "application/json";
  const isCoded = coding.toLowerCase() !== "identity";
  const isOther = !/^\s*(?:[[{"]|$)/.test(text) && !/^application\/(?:[\w.-]+\+)?json\b/i.test(type);
  const detail = "Expected a body of JSON in UTF-8";
  if (!isCoded && !isOther) return new ProblemError("bad-request", { detail, cause });
  return new ProblemError("unsupported-media-type", {
    detail: `${detail}, got \`${(isCoded ? coding : type).slice(0, MAX_SHOWN)}\``,
    // What to send instead (RFC 9110, 15.5.16).
    headers: { Accept: "application/json", "Accept-Encoding": "identity" },
    cause,
  });
}

const MAX_SHOWN = 100;
