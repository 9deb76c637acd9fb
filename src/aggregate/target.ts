/** Where a call goes: a path with its query, under the upstream's origin. Made by {@link url}, so always encoded. */
export interface Target {
  /** Begins with `/`. */
  readonly pathAndQuery: string;
}

/** A value cannot stand in a URL as it is: it would name another place than was meant. */
export class UnsendableError extends Error {
  override readonly name = "UnsendableError";
}

type Piece = string | number | boolean;

/**
 * Writes a target, each value encoded so that it stays within its place; a list becomes values with commas between.
 *
 * ```ts
 * url`/countries/${code}/cities?size=${10}`
 * ```
 *
 * @throws {UnsendableError} When a value would make a path segment `.` or `..`, or an empty one: these name another
 *   place.
 */
export function url(
  literals: TemplateStringsArray,
  ...values: readonly (Piece | readonly Piece[])[]
): Target {
  return join(literals, values.map(encode));
}

/** A target with places for parameters, as `/countries/:code/cities?size=10` (in the spirit of RFC 6570). */
export interface TargetTemplate {
  /** The parameters it names, in order. */
  readonly names: readonly string[];
  expand(parameters: Readonly<Record<string, string>>): Target;
}

/** Reads a template; which names there may be is for the caller to check. */
export function parseTemplate(template: string): TargetTemplate {
  const pieces = template.split(/:([a-z_]\w*)/i);
  const literals = pieces.filter((_, index) => index % 2 === 0);
  const names = pieces.filter((_, index) => index % 2 === 1);
  return {
    names,
    expand: (parameters) =>
      join(
        literals,
        names.map((name) => encode(parameters[name] ?? "")),
      ),
  };
}

function encode(value: Piece | readonly Piece[]): string {
  // Lone surrogates have no UTF-8 form; the replacement character is what the platform sends for them.
  const one = (piece: Piece) => encodeURIComponent(String(piece).toWellFormed());
  return Array.isArray(value) ? value.map(one).join(",") : one(value as Piece);
}

function join(literals: readonly string[], values: readonly string[]): Target {
  let pathAndQuery = literals[0] ?? "";
  for (const [index, value] of values.entries()) {
    const next = literals[index + 1] ?? "";
    if (value === "" && /^[^?#]*\/$/.test(pathAndQuery) && /^([/?#]|$)/.test(next)) {
      throw new UnsendableError(`Expected no path segment to be empty, got \`${pathAndQuery}${next}\``);
    }
    pathAndQuery += value + next;
  }
  const [path = ""] = pathAndQuery.split(/[?#]/, 1);
  if (/\/\.\.?(\/|$)/.test(path)) {
    throw new UnsendableError(`Expected no path segment to be "." or "..", got \`${path}\``);
  }
  return { pathAndQuery };
}
