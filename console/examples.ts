import { fillPath } from "./route-path.ts";

/** What makes the endpoints of the demo say something; an endpoint that knows none of it has empty fields. */
const PARAMS = { code: "FRA" };
const QUERIES: Readonly<Record<string, string>> = {
  "/api/compare": "codes=FRA,DEU,ITA,ESP,PRT,BEL,NLD,LUX,CHE,AUT,POL,CZE",
};

/** What to fill in first: the path with its parameters, and the query. */
export function exampleOf(path: string): { readonly path: string; readonly query: string } {
  return { path: fillPath(path, PARAMS), query: QUERIES[path] ?? "" };
}
