/**
 * What was stored, or comes from a Worker of another version, with what it lacks: a setting that it does not know is as
 * by default. Goes down into objects; what has another form by default, as `off`, is left as it is.
 */
export function fillIn<T extends object>(defaults: T, stored: Partial<T>): T {
  const filled: Record<string, unknown> = { ...defaults, ...stored };
  for (const [name, usual] of Object.entries(defaults)) {
    const value = filled[name];
    if (isObject(usual) && isObject(value)) filled[name] = fillIn(usual, value);
  }
  return filled as T; // it has the members of both
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
