/** What the end of a connection means: whether to come back, and when. */
export type Loss =
  /** For good. */
  | { readonly kind: "final"; readonly code: number; readonly reason: string }
  /** The room is all right and wants its clients back, but not all at one moment. */
  | { readonly kind: "moved"; readonly afterMs: number }
  /** The room asks for patience. */
  | { readonly kind: "patience"; readonly afterMs: number }
  /** The network, as far as anybody can tell. */
  | { readonly kind: "network" };

/** Over how long those who were sent elsewhere spread their return. */
const MOVED_SPREAD_MS = 1_000;
const FIRST_MS = 1_000;
const FIRST_PATIENCE_MS = 4_000;
const LONGEST_MS = 30_000;

/** Says what a close code means. Codes that are not the room's own come from the network or from proxies. */
export function lossOf(code: number, reason = "", afterMs = 0): Loss {
  switch (Math.floor(code / 100)) {
    case 40:
      return { kind: "final", code, reason };
    case 41:
      return { kind: "patience", afterMs };
    case 42:
      return { kind: "moved", afterMs };
    default:
      return { kind: "network" };
  }
}

/**
 * How long to wait before the next attempt: full jitter (Brooker, "Exponential backoff and jitter", AWS, 2015) on top
 * of what the room asked for.
 *
 * @param failures How many attempts in a row came to nothing. A room that only ever sends its clients elsewhere is
 *   treated as a network that is down.
 * @param random From 0 to 1.
 */
export function delayMs(loss: Exclude<Loss, { kind: "final" }>, failures: number, random: number): number {
  const grown = (firstMs: number) => Math.min(LONGEST_MS, firstMs * 2 ** Math.min(failures, 20));
  switch (loss.kind) {
    case "moved":
      return loss.afterMs + random * (failures === 0 ? MOVED_SPREAD_MS : grown(FIRST_MS));
    case "patience":
      return loss.afterMs + random * grown(FIRST_PATIENCE_MS);
    case "network":
      return random * grown(FIRST_MS);
  }
}
