import type { Log } from "./log.ts";
import type { Message } from "./wire.ts";

/** The end of a room's log, as a relay has it. */
export interface Tail extends Pick<Log, "last" | "oldest" | "range"> {
  /** Takes what follows. @returns Whether nothing is missing between; what it has already it drops. */
  push(messages: readonly Message[]): boolean;
}

/**
 * Begins with nothing.
 *
 * @param after The number that what is pushed first follows.
 * @param size How many messages are held at least.
 */
export function createTail(after: number, size: number): Tail {
  let messages: Message[] = [];
  let last = after;
  return {
    last: () => last,
    oldest: () => messages[0],
    range: (from, to) => {
      const first = messages[0]?.seq ?? last + 1;
      return messages.slice(Math.max(0, from - first), Math.max(0, to - first + 1));
    },
    push(more) {
      const fresh = more.filter(({ seq }) => seq > last);
      if (fresh.length > 0 && fresh[0]?.seq !== last + 1) return false;
      messages.push(...fresh);
      last = fresh.at(-1)?.seq ?? last;
      if (messages.length > 2 * size) messages = messages.slice(-size);
      return true;
    },
  };
}
