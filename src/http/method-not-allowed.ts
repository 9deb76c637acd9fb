import type { Hono } from "hono";
import { ProblemError } from "./problem.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * What to answer where no route took the request: 405 with `Allow` when the path takes other methods, else 404.
 * `OPTIONS` is not refused; it gets the list.
 */
export function unrouted(
  router: Pick<Hono["router"], "match">,
  method: string,
  path: string,
): Response | ProblemError {
  const taken: string[] = METHODS.filter((candidate) =>
    router.match(candidate, path)[0].some(([[, route]]) => route.method === candidate),
  );
  if (taken.length === 0) return new ProblemError("not-found", { detail: `No route for ${path}` });
  const allow = [...taken, ...(taken.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { Allow: allow } });
  return new ProblemError("method-not-allowed", {
    detail: `${path} takes ${allow}, not ${method}`,
    headers: { Allow: allow },
  });
}
