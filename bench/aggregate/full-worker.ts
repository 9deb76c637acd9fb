import { matchesEtag, weakEtag } from "../../src/http/etag.ts";
import { type Branch, branchesOf, settleAll } from "./by-hand.ts";

const MAX_BYTES = 1024 * 1024;

/**
 * The bare Worker, with what callers and upstreams see of Manifold's endpoint: the same fields on every message, answers
 * of bounded size, calls that end when the client leaves, how long an answer may be kept. What is left between the two
 * is what it costs to have that declared, with fallbacks, budgets, breakers, shared calls and a log to follow.
 */
async function answer(request: Request, { UPSTREAM }: { readonly UPSTREAM: string }): Promise<Response> {
  const began = performance.now();
  const { branches, id } = branchesOf(request);
  const requestId = request.headers.get("X-Request-Id") ?? crypto.randomUUID();
  const traceId = randomHex(16);
  const times: string[] = [];
  const ages: number[] = [];

  const get = async ({ name, path, timeoutMs }: Branch) => {
    const start = performance.now();
    try {
      const response = await fetch(UPSTREAM + path.replace(":id", id), {
        headers: {
          Accept: "application/json",
          "X-Request-Id": requestId,
          "Manifold-Timeout-Ms": String(timeoutMs),
          traceparent: `00-${traceId}-${randomHex(8)}-00`,
        },
        redirect: "manual",
        signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      if (!(Number(response.headers.get("Content-Length")) <= MAX_BYTES)) throw new Error("too large");
      const maxAge = /max-age=(\d+)/.exec(response.headers.get("Cache-Control") ?? "")?.[1] ?? 0;
      ages.push(Number(maxAge) - Number(response.headers.get("Age") ?? 0));
      return JSON.parse(await response.text()) as unknown;
    } finally {
      times.push(`${name};dur=${(performance.now() - start).toFixed(1)}`);
    }
  };
  const outcomes = await settleAll(branches, get);
  const results: Record<string, unknown> = {};
  const missing: string[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const name = branches[index]?.name ?? "";
    if (outcome.status === "fulfilled") results[name] = outcome.value;
    else missing.push(name);
  }

  const body = JSON.stringify(results);
  const headers: Record<string, string> = {
    "Cache-Control": missing.length > 0 ? "no-store" : `max-age=${Math.max(0, Math.min(...ages))}`,
    "Server-Timing": [...times, `total;dur=${(performance.now() - began).toFixed(1)}`].join(", "),
    Vary: "Accept",
    "X-Request-Id": requestId,
    "X-Content-Type-Options": "nosniff",
  };
  if (missing.length > 0) headers["Manifold-Incomplete"] = missing.join(", ");
  else {
    const etag = weakEtag(body);
    headers["ETag"] = etag;
    if (matchesEtag(request.headers.get("If-None-Match"), etag))
      return new Response(null, { status: 304, headers });
  }
  headers["Content-Type"] = "application/json; charset=utf-8";
  return new Response(body, { headers });
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default { fetch: answer };
