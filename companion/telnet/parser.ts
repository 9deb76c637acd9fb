import { TELNET } from "./codes.ts";

/** What a peer's bytes mean (RFC 854). */
export type TelnetEvent =
  | { readonly t: "data"; readonly bytes: Buffer }
  | { readonly t: "command"; readonly command: number }
  | { readonly t: "negotiation"; readonly verb: Verb; readonly option: number }
  /** `bytes` are the first of it, where it was longer than a subnegotiation may be. */
  | { readonly t: "subnegotiation"; readonly option: number; readonly bytes: Buffer };

export type Verb = typeof TELNET.WILL | typeof TELNET.WONT | typeof TELNET.DO | typeof TELNET.DONT;

/** How much of a subnegotiation is kept; whoever sends more says nothing that we know. */
const MOST_SUBNEGOTIATION = 256;

type State =
  | { readonly at: "data" }
  | { readonly at: "iac" }
  | { readonly at: "verb"; readonly verb: Verb }
  | { readonly at: "sb"; readonly bytes: number[]; readonly isEscaped: boolean };

const DATA = { at: "data" } as const;

/** Tells data from commands, wherever the bytes are cut. @returns What the next bytes mean, in order. */
export function createParser(): (bytes: Buffer) => readonly TelnetEvent[] {
  let state: State = DATA;
  return (bytes) => {
    const events: TelnetEvent[] = [];
    let from = 0;
    /** Data up to here. */
    const flush = (to: number) => {
      if (to > from) events.push({ t: "data", bytes: bytes.subarray(from, to) });
    };
    for (const [at, byte] of bytes.entries()) {
      if (state.at === "data") {
        if (byte !== TELNET.IAC) continue;
        flush(at);
        state = { at: "iac" };
      } else if (state.at === "iac" && byte === TELNET.IAC) {
        // The second of two stands for one.
        [state, from] = [DATA, at];
      } else {
        state = next(state, byte, events);
        from = at + 1;
      }
    }
    if (state.at === "data") flush(bytes.length);
    return events;
  };
}

function next(state: Exclude<State, { at: "data" }>, byte: number, events: TelnetEvent[]): State {
  switch (state.at) {
    case "iac":
      if (isVerb(byte)) return { at: "verb", verb: byte };
      if (byte === TELNET.SB) return { at: "sb", bytes: [], isEscaped: false };
      events.push({ t: "command", command: byte });
      return DATA;
    case "verb":
      events.push({ t: "negotiation", verb: state.verb, option: byte });
      return DATA;
    case "sb": {
      const { bytes, isEscaped } = state;
      if (!isEscaped && byte === TELNET.IAC) return { ...state, isEscaped: true };
      if (isEscaped && byte !== TELNET.IAC) {
        const [option, ...rest] = bytes;
        if (option !== undefined) events.push({ t: "subnegotiation", option, bytes: Buffer.from(rest) });
        // Whatever else comes behind an IAC ends it too: its end was lost.
        return byte === TELNET.SE ? DATA : next({ at: "iac" }, byte, events);
      }
      if (bytes.length <= MOST_SUBNEGOTIATION) bytes.push(byte);
      return { at: "sb", bytes, isEscaped: false };
    }
  }
}

function isVerb(byte: number): byte is Verb {
  return byte >= TELNET.WILL && byte <= TELNET.DONT;
}
