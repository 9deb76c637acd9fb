import type { Context } from "hono";

/** Keeps the isolate alive for work that outlives the answer, where the platform has such a thing. */
export function waitUntil(c: Context, work: Promise<unknown>): void {
  try {
    c.executionCtx.waitUntil(work);
  } catch {
    // Hono throws where there is no execution context: on Node, where work goes on by itself.
  }
}
