/** A piece of an endpoint's path: fixed text, or a parameter to fill in. */
type Segment =
  | { readonly kind: "fixed"; readonly text: string }
  | { readonly kind: "param"; readonly name: string; readonly isOptional: boolean };

/** What a path holds in the places of its parameters, by name. */
export type Params = Readonly<Record<string, string>>;

/** The path of an endpoint by its name: `/api/things/:id` of `GET /api/things/:id`. */
export function pathOf(endpointName: string): string {
  return endpointName.replace(/^[A-Z]+ /, "");
}

/** The parameters of a path, in their order, and whether each can be left out. */
export function paramsOf(path: string): readonly { readonly name: string; readonly isOptional: boolean }[] {
  return segmentsOf(path).flatMap((segment) => (segment.kind === "param" ? segment : []));
}

/** A path with its parameters filled in. One without a value stays as it is, `:id`, or goes when it is optional. */
export function fillPath(path: string, params: Params): string {
  const filled = segmentsOf(path).flatMap((segment) => {
    if (segment.kind === "fixed") return segment.text;
    const value = params[segment.name] ?? "";
    if (value !== "") return encodeURIComponent(value);
    return segment.isOptional ? [] : `:${segment.name}`;
  });
  return filled.join("/");
}

/** What to ask for. */
export function targetOf(path: string, query: string): string {
  return query === "" ? path : `${path}?${query}`;
}

/**
 * What a path that was filled in holds for each parameter of an endpoint's path; empty where it holds `:id` still.
 *
 * @returns `undefined` when it is not a path of that endpoint.
 */
export function matchPath(path: string, filled: string): Params | undefined {
  const segments = segmentsOf(path);
  const parts = filled.split("/");
  if (parts.length > segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (segment.kind === "fixed") {
      if (part !== segment.text) return undefined;
    } else if (part === undefined || part === "") {
      if (!segment.isOptional) return undefined;
      params[segment.name] = "";
    } else {
      params[segment.name] = part === `:${segment.name}` ? "" : decode(part);
    }
  }
  return params;
}

/** The endpoint that a path belongs to: the first that it fits, as the router has it. */
export function findByPath<Endpoint extends { readonly name: string }>(
  endpoints: readonly Endpoint[],
  filled: string,
): { readonly endpoint: Endpoint; readonly params: Params } | undefined {
  // A path as it was declared belongs to whoever declared it, whatever else it fits.
  const declared = endpoints.find(({ name }) => fillPath(pathOf(name), {}) === filled);
  for (const endpoint of declared === undefined ? endpoints : [declared]) {
    const params = matchPath(pathOf(endpoint.name), filled);
    if (params !== undefined) return { endpoint, params };
  }
  return undefined;
}

/** Splits at the slashes that are not within the pattern of a parameter, as in `:id{[a-z]+/x}`. */
function segmentsOf(path: string): readonly Segment[] {
  return path.split(/\/(?![^{]*\})/).map((text) => {
    const { name, optional } = /^:(?<name>\w+)(?:\{.*\})?(?<optional>\?)?$/.exec(text)?.groups ?? {};
    if (name === undefined) return { kind: "fixed", text };
    return { kind: "param", name, isOptional: optional !== undefined };
  });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Someone typed a lone `%` into the address.
    return part;
  }
}
