import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createParser, type TelnetEvent } from "../../../companion/telnet/parser.ts";
import { inPieces } from "../pieces.ts";

const [SE, AYT, SB, WILL, DO, IAC] = [240, 246, 250, 251, 253, 255];

/** Events, with data that stands side by side joined. */
function joined(events: readonly TelnetEvent[]): readonly unknown[] {
  const result: unknown[] = [];
  let data: number[] = [];
  const flush = () => {
    if (data.length > 0) result.push(data);
    data = [];
  };
  for (const event of events) {
    if (event.t === "data") data.push(...event.bytes);
    else {
      flush();
      result.push(event.t === "subnegotiation" ? { ...event, bytes: [...event.bytes] } : event);
    }
  }
  flush();
  return result;
}

const parse = (...pieces: readonly Buffer[]) => {
  const take = createParser();
  return joined(pieces.flatMap((piece) => take(piece)));
};

describe("createParser", () => {
  it.each<[number[], unknown[]]>([
    [[], []],
    [[1, 2, 3], [[1, 2, 3]]],
    [[IAC, IAC], [[IAC]]],
    [[1, IAC, IAC, 2], [[1, IAC, 2]]],
    [
      [1, IAC, AYT, 2],
      [[1], { t: "command", command: AYT }, [2]],
    ],
    [
      [IAC, WILL, 3, 9],
      [{ t: "negotiation", verb: WILL, option: 3 }, [9]],
    ],
    [[IAC, DO, IAC], [{ t: "negotiation", verb: DO, option: IAC }]],
    [
      [IAC, SB, 24, 1, IAC, IAC, 2, IAC, SE, 7],
      [{ t: "subnegotiation", option: 24, bytes: [1, IAC, 2] }, [7]],
    ],
    [[IAC, SB, IAC, SE, 7], [[7]]],
    [
      [IAC, SB, 24, 1, IAC, AYT, 7],
      [{ t: "subnegotiation", option: 24, bytes: [1] }, { t: "command", command: AYT }, [7]],
    ],
    [[IAC], []],
  ])("reads %j as %j", (bytes, events) => {
    expect(parse(Buffer.from(bytes))).toEqual(events);
  });

  it("keeps no more than 256 bytes of a subnegotiation", () => {
    const [event] = parse(Buffer.from([IAC, SB, 24, ...Array.from({ length: 9_999 }, () => 1), IAC, SE]));
    expect(event).toEqual({ t: "subnegotiation", option: 24, bytes: Array.from({ length: 256 }, () => 1) });
  });

  it("reads the same wherever the bytes are cut", () => {
    const byte = fc.oneof(fc.constantFrom(SE, AYT, SB, WILL, DO, IAC, IAC), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.array(fc.nat({ max: 60 })), (bytes, cuts) => {
        const all = Buffer.from(bytes);
        expect(parse(...inPieces(all, cuts))).toEqual(parse(all));
      }),
    );
  });
});
