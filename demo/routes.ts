/** The routes that count, wait and fail, by name. Each has at most one argument in its path. */
const PATHS = {
  countries: /^\/countries$/,
  country: /^\/countries\/([^/]+)$/,
  stats: /^\/countries\/([^/]+)\/stats$/,
  airports: /^\/countries\/([^/]+)\/airports$/,
  cities: /^\/countries\/([^/]+)\/cities$/,
  delay: /^\/delay\/([^/]+)$/,
  status: /^\/status\/([^/]+)$/,
} as const;

/** The name of a route. */
export type RouteName = keyof typeof PATHS;

/** All names of routes. */
// Object.keys forgets the names of an object whose keys are all known.
export const ROUTE_NAMES = Object.keys(PATHS) as readonly RouteName[];

/** Routes that serve data: the server's base latency is theirs. */
export const DATA_ROUTES: ReadonlySet<RouteName> = new Set([
  "countries",
  "country",
  "stats",
  "airports",
  "cities",
]);

/** A path's route with the argument as written in the path, or `undefined` where there is no such route. */
export function matchRoute(
  path: string,
): { readonly name: RouteName; readonly argument: string } | undefined {
  for (const name of ROUTE_NAMES) {
    const match = PATHS[name].exec(path);
    if (match !== null) return { name, argument: match[1] ?? "" };
  }
  return undefined;
}
