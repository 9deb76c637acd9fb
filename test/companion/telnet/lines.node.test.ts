import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCommand } from "../../../companion/telnet/commands.ts";
import { createLines } from "../../../companion/telnet/lines.ts";
import { doubleIac, harmless } from "../../../companion/telnet/text.ts";
import { inPieces } from "../pieces.ts";

const linesOf = (...pieces: readonly Buffer[]) => {
  const lines = createLines();
  return pieces.flatMap((piece) => lines.take(piece));
};

describe("createLines", () => {
  it.each([
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\r\u0000b\r\u0000", ["a", "b"]],
    ["a\nb\n", ["a", "b"]],
    ["a\rb\r", ["a", "b"]],
    ["\n\r\n\r", ["", "", ""]],
    ["a\u0000b\n", ["a\u0000b"]],
    ["unfinished", []],
    [`${"x".repeat(1_024)}\n`, ["x".repeat(1_024)]],
    [`${"x".repeat(1_025)}\nshort\n`, [undefined, "short"]],
  ])("finds the lines in %j", (text, lines) => {
    expect(linesOf(Buffer.from(text))).toEqual(lines);
  });

  it("finds the same lines wherever the bytes are cut", () => {
    const part = fc.constantFrom("\r", "\n", "\u0000", "a", "é", "x".repeat(600));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.array(fc.nat({ max: 3_000 })), (parts, cuts) => {
        const all = Buffer.from(parts.join(""));
        expect(linesOf(...inPieces(all, cuts))).toEqual(linesOf(all));
      }),
    );
  });

  it("erases a character, and a line", () => {
    const lines = createLines();
    lines.take(Buffer.from("aé"));
    lines.eraseCharacter();
    expect(lines.take(Buffer.from("b\n"))).toEqual(["ab"]);
    lines.take(Buffer.from("x".repeat(2_000)));
    lines.eraseLine();
    expect(lines.take(Buffer.from("c\n"))).toEqual(["c"]);
  });
});

describe("readCommand", () => {
  it.each([
    ["  ", { t: "nothing" }],
    ["hello /who", { t: "say", text: "hello /who" }],
    ["//who", { t: "say", text: "/who" }],
    ["/me waves", { t: "say", text: "*waves*" }],
    ["/NICK  Ann Lee ", { t: "nick", name: "Ann Lee" }],
    ["/nick", { t: "misused", command: "nick" }],
    ["/history", { t: "history", count: 20 }],
    ["/history 5", { t: "history", count: 5 }],
    ["/history 101", { t: "misused", command: "history" }],
    ["/join den", { t: "join", room: "den" }],
    ["/join Den!", { t: "misused", command: "join" }],
    ["/who", { t: "who" }],
    ["/help", { t: "help" }],
    ["/quit", { t: "quit" }],
    ["/dance now", { t: "unknown", command: "dance" }],
  ])("reads %j", (line, command) => {
    expect(readCommand(line)).toEqual(command);
  });
});

describe("harmless", () => {
  it.each([
    ["\u001b[31mred\u001b[0m", "[31mred[0m"],
    ["\u009b2J", "2J"],
    ["a\tb\u0007\u007f", "a b"],
    ["one\n[Bob] two", "one\r\n  [Bob] two"],
    ["one\r", "one"],
    ["été ✓", "été ✓"],
    ["two\u2028[admin] lines", "two\r\n  [admin] lines"],
    ["\u202e)yad dab\u2066 a\u200e b\u2069\u202c", ")yad dab a\u200e b"],
  ])("makes %j harmless", (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  it("doubles the byte that would begin a command", () => {
    expect([...doubleIac(Buffer.from([1, 255, 2]))]).toEqual([1, 255, 255, 2]);
  });
});
