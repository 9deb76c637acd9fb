import type { Handler } from "hono";
import type { RouterRoute } from "hono/types";
import { describeRoutes } from "./open-api.ts";
import type { ProblemCode } from "./problem.ts";

/**
 * Answers with the document of an app's routes. It is written when it is first asked for, which most isolates never
 * are, and kept: routes do not change.
 */
export function answerOpenApi(
  routes: () => readonly RouterRoute[],
  before: readonly ProblemCode[] = [],
): Handler {
  let text: string | undefined;
  return (c) => {
    text ??= JSON.stringify(describeRoutes(routes(), before));
    return c.body(text, 200, { "Content-Type": "application/json", "Cache-Control": "max-age=60" });
  };
}
