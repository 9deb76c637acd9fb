const MARK = 0x23; // "#"
const ZERO = 0x30;
const DIGITS = 7;

/** How long a chat message of the bench is, in bytes: about a line of a talk. */
export const TEXT_BYTES = 64;

const FILL = " the quick brown fox jumps over the lazy dog and over the rest.....";

/** The text of a message: its number, where a reader finds it without understanding what is around it. */
export function textOf(message: number): string {
  return `#${String(message).padStart(DIGITS, "0")}${FILL}`.slice(0, TEXT_BYTES);
}

/**
 * Finds all messages in some bytes: in one frame there may be many. Nothing else that is sent has a `#` in it.
 *
 * @param onMessage Is told each one's number, in their order.
 * @returns How many there were.
 */
export function readMessages(
  bytes: Uint8Array,
  start: number,
  end: number,
  onMessage: (message: number) => void,
): number {
  let found = 0;
  // Where a message begins, the rest of its text is still to come.
  const last = end - TEXT_BYTES;
  for (let at = start; at <= last; at += 1) {
    if (bytes[at] !== MARK) continue;
    let message = 0;
    for (let digit = 1; digit <= DIGITS; digit += 1) message = message * 10 + (bytes[at + digit] ?? 0) - ZERO;
    onMessage(message);
    found += 1;
    at += TEXT_BYTES - 1;
  }
  return found;
}
