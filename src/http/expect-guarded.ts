import type { RouterRoute } from "hono/types";
import { operationOf } from "./operation.ts";

/**
 * Makes sure that whatever answers under `/v1` has `guarded` before it, so that no route can forget its scope.
 *
 * @param middleware What may stand before routes: the door itself, and what adds to every answer.
 * @throws {Error} Naming the first route that has not, as the app is built.
 */
export function expectGuarded(routes: readonly RouterRoute[], middleware: readonly unknown[]): void {
  const own = routes.filter(({ path, handler }) => servesV1(path) && !middleware.includes(handler));
  const seen = new Set<string>();
  for (const { method, path, handler } of own) {
    const route = `${method} ${path}`;
    const isFirst = !seen.has(route);
    seen.add(route);
    if (!isFirst) continue; // `guarded` comes before it
    const isConcrete = method !== "ALL" && /^\/v1\/[^*]+$/.test(path);
    if (!isConcrete)
      throw new Error(`Expected a route under /v1 to have a method and a path, got \`${route}\``);
    if (operationOf(handler)?.scope === undefined) {
      throw new Error(`Expected \`${route}\` to begin with \`guarded({ scope: … })\``);
    }
  }
}

/** Whether a path pattern can match what is under `/v1`. */
function servesV1(path: string): boolean {
  return /^\/?(v1(\/|$)|\*|:)/.test(path);
}
