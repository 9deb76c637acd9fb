import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkName } from "../../src/chat/name.ts";

const keysOf = (name: string): readonly string[] => {
  const verdict = checkName(name);
  return verdict.ok ? verdict.keys : [];
};
const couldPass = (one: string, other: string) => keysOf(one).some((key) => keysOf(other).includes(key));

describe("checkName", () => {
  it.each([
    ["bob", "bob"],
    ["  bob   the\u3000builder ", "bob the builder"],
    ["Ｂｏｂ", "Bob"],
    ["Ann\u0065\u0301", "Ann\u00e9"],
    ["ﬁfi", "fifi"],
    ["Zoë 🦊", "Zoë 🦊"],
    ["李小龙", "李小龙"],
    ["محمد", "محمد"],
    ["42", "42"],
    ["a".repeat(32), "a".repeat(32)],
  ])("shows %j as %j", (typed, name) => {
    expect(checkName(typed)).toMatchObject({ ok: true, name });
  });

  it.each([
    ["", "with a letter or a digit"],
    ["   ", "with a letter or a digit"],
    ["...", "with a letter or a digit"],
    ["🦊", "with a letter or a digit"],
    ["a".repeat(33), "at most 32 characters, got 33"],
    ["🦊".repeat(16) + "ab", "at most 64 bytes of UTF-8, got 66"],
    ["a".repeat(10_000), "at most 64 bytes"],
    ["bob\u0000", "of visible characters, got U+0000"],
    ["bob\n", "of visible characters, got U+000A"],
    ["bob\u0085", "of visible characters, got U+0085"],
    ["bo\u200bb", "of visible characters, got U+200B"],
    ["bo\u200db", "of visible characters, got U+200D"],
    ["\u202ebob", "of visible characters, got U+202E"],
    ["bob\u2066", "of visible characters, got U+2066"],
    ["bob\ufe0f", "of visible characters, got U+FE0F"],
    ["bob\u00ad", "of visible characters, got U+00AD"],
    ["bob\u3164", "of visible characters, got U+3164"],
    ["bob\u2800", "of visible characters, got U+2800"],
    ["bob\u{e0041}", "of visible characters, got U+E0041"],
    ["bob\u{13441}", "of visible characters, got U+13441"],
    ["bob\u{16fe4}", "of visible characters, got U+16FE4"],
    ["bob\u{1107f}", "of visible characters, got U+1107F"],
    ["bob\u2d7f", "of visible characters, got U+2D7F"],
    ["bob\ufffc", "of visible characters, got U+FFFC"],
    ["bob\u2028", "of visible characters, got U+2028"],
    ["bob\ue000", "of visible characters, got U+E000"],
    ["bob\uffff", "of visible characters, got U+FFFF"],
    ["bob\ud800", "well-formed, got half of a surrogate pair"],
    ["\u0301bob", "does not begin with a mark"],
    ["system", "none that could be taken for system, server, admin"],
    ["Admin", "none that could be taken for"],
    ["ＳＥＲＶＥＲ", "none that could be taken for"],
    ["аdmin", "none that could be taken for"],
    ["adrnin", "none that could be taken for"],
    ["ѕуѕtеm", "none that could be taken for"],
    ["ADMlN", "none that could be taken for"],
    ["ADМIN", "none that could be taken for"],
    ["admi\u0307n", "none that could be taken for"],
  ])("refuses %j", (typed, rule) => {
    expect(checkName(typed)).toEqual({ ok: false, message: expect.stringContaining(rule) });
  });

  it.each([
    ["bob", "BOB", "case"],
    ["bob", "ｂｏｂ", "width"],
    ["Andr\u00e9", "Andre\u0301", "normal form"],
    ["bob smith", "bob  smith", "spaces"],
    ["bob smith", "bob\u00a0smith", "another space"],
    ["bob", "ЬоЬ", "Cyrillic, small"],
    ["BOB", "ВОВ", "Cyrillic, capital"],
    ["bob", "ВОВ", "Cyrillic, of another case"],
    ["bob", "b0b", "a digit"],
    ["bob", "B0B", "a digit, and case"],
    ["bob", "𝐛𝐨𝐛", "mathematical letters"],
    ["bob", "ⓑⓞⓑ", "letters in circles"],
    ["paypal", "PayPaI", "a capital I for an l"],
    ["paypal", "paypa1", "a one for an l"],
    ["corn", "com", "rn for m"],
    ["bill", "BlLL", "an l for a capital I, of another case"],
    ["tim", "TIМ", "a Cyrillic capital M, of another case"],
    ["ian", "i\u0307an", "a dot over an i"],
    ["ian", "\u0131\u0307an", "a dot over an i without one"],
    ["ian", "İan", "a capital I with a dot"],
    ["ΣΑΣ", "σασ", "sigma at the end"],
    ["straße", "STRASSE", "sharp s in capitals"],
    ["straße", "STRAßE", "sharp s"],
    ["ρόδος", "pόδος", "Greek and Latin"],
  ])("lets nobody be %j and %j at once (%s)", (one, other) => {
    expect(couldPass(one, other)).toBe(true);
    expect(couldPass(other, one)).toBe(true);
  });

  it.each([
    ["bob", "rob"],
    ["bob", "bobby"],
    ["Zoë", "Zoe"],
    ["李小龙", "李小虎"],
    ["billy", "bobby"],
    ["Анна", "Инна"],
    ["ann", "anna"],
  ])("tells %j from %j", (one, other) => {
    expect(couldPass(one, other)).toBe(false);
  });

  it("judges what it shows like what was typed, whatever that was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (typed) => {
        const verdict = checkName(typed);
        if (!verdict.ok) return;
        expect(checkName(verdict.name)).toEqual(verdict);
      }),
    );
  });

  it("takes the same keys for a name in any case, width, or normal form", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9]{1,20}$/), (name) => {
        fc.pre(checkName(name).ok);
        const wide = name.replaceAll(/./g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
        for (const other of [name.toUpperCase(), name.toLowerCase(), wide, name.normalize("NFD")]) {
          expect(couldPass(name, other)).toBe(true);
        }
      }),
    );
  });
});
