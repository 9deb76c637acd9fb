/** `The RPC receiver does not implement the method "look".` (workerd 1.20261023), of an object of another version. */
const ANOTHER_VERSION = /^The RPC receiver does not implement /;

/**
 * Whether an error says that an object cannot be asked just now: it has too much to do, is being moved, or is still of
 * another version while a deploy is under way. Then it is nobody's fault, and asking again helps.
 *
 * @see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { retryable, overloaded } = error as { readonly retryable?: unknown; readonly overloaded?: unknown };
  return retryable === true || overloaded === true || ANOTHER_VERSION.test(error.message);
}
