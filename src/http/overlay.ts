/**
 * Defaults with what is given in their place. What is given and no object is left as it is, for a check to tell of: spread,
 * it would vanish in silence.
 */
export function overlay<T extends object>(defaults: T, given: Partial<T> | undefined): T {
  const value: unknown = given;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  // The types say that it is one; who writes the configuration may have no type checker.
  return value === undefined || isObject ? { ...defaults, ...given } : (value as T);
}
