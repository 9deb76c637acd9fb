import { OPTION, TELNET } from "./codes.ts";
import type { Verb } from "./parser.ts";

/** Options that are as good on as off: nobody here ever sends a go-ahead. */
const AGREEABLE = new Set<number>([OPTION.SUPPRESS_GO_AHEAD]);

/**
 * Answers what a peer asks for by the Q method (RFC 1143), of which two states are left to a side that never asks for
 * anything itself: off and on. An answer is given to what changes something, or is refused; so two such sides come to an
 * end.
 *
 * @returns Gives the answer to a request; nothing where there is none.
 */
export function createNegotiation(): (verb: Verb, option: number) => Buffer | undefined {
  const ours = new Set<number>();
  const theirs = new Set<number>();

  return (verb, option) => {
    switch (verb) {
      case TELNET.DO:
        // A mark in what we say, and not a state (RFC 860): each is answered.
        if (option === OPTION.TIMING_MARK) return answer(TELNET.WILL, option);
        return ask(ours, option, TELNET.WILL, TELNET.WONT);
      case TELNET.DONT:
        return stop(ours, option, TELNET.WONT);
      case TELNET.WILL:
        return ask(theirs, option, TELNET.DO, TELNET.DONT);
      case TELNET.WONT:
        return stop(theirs, option, TELNET.DONT);
    }
  };
}

/** A peer wants an option on. */
function ask(on: Set<number>, option: number, yes: number, no: number): Buffer | undefined {
  if (!AGREEABLE.has(option)) return answer(no, option);
  if (on.has(option)) return undefined;
  on.add(option);
  return answer(yes, option);
}

/** A peer wants an option off, which is never refused. */
function stop(on: Set<number>, option: number, no: number): Buffer | undefined {
  return on.delete(option) ? answer(no, option) : undefined;
}

function answer(verb: number, option: number): Buffer {
  return Buffer.from([TELNET.IAC, verb, option]);
}
