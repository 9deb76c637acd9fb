import unhomoglyph from "unhomoglyph";
import { utf8Bytes } from "./text.ts";

/** A name that may be used, and the keys that it takes: whoever shares one with somebody could pass for them. */
export type NameVerdict =
  | { readonly ok: true; readonly name: string; readonly keys: readonly string[] }
  | { readonly ok: false; readonly message: string };

const MOST_GRAPHEMES = 32;
const MOST_BYTES = 64;
const RESERVED = ["system", "server", "admin"];

/**
 * What no name has. PRECIS's FreeformClass (RFC 8264, 4.3) leaves out controls, what is invisible by default
 * (zero-width, bidi, fillers, variation selectors, tags), lines, what is unassigned or for private use. The rest has no
 * ink, though its properties do not say so: the blank of Braille, the null notehead, the blanks of hieroglyphs, joiners
 * and a filler of rare scripts, and what stands for an embedded object.
 */
const FORBIDDEN =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800\u{1D159}\u{13441}\u{13442}\u2D7F\u{1107F}\u{16FE4}\uFFFC]/u;
const LETTER_OR_DIGIT = /[\p{L}\p{Nd}]/u;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Judges a name as somebody typed it. */
export function checkName(typed: string): NameVerdict {
  // Before anything is worked out of it: a frame holds more than a name does.
  if (utf8Bytes(typed, 4 * MOST_BYTES) > 4 * MOST_BYTES) return refuse(`at most ${MOST_BYTES} bytes`);
  if (!typed.isWellFormed()) return refuse("well-formed, got half of a surrogate pair");
  const forbidden = FORBIDDEN.exec(typed)?.[0];
  if (forbidden !== undefined) {
    return refuse(`of visible characters, got U+${hex(forbidden)}`);
  }
  const name = tidy(typed);
  if (!LETTER_OR_DIGIT.test(name)) return refuse("a text with a letter or a digit in it");
  if (/^\p{M}/u.test(name)) return refuse("a text that does not begin with a mark for the letter before it");
  const bytes = utf8Bytes(name);
  if (bytes > MOST_BYTES) return refuse(`at most ${MOST_BYTES} bytes of UTF-8, got ${bytes}`);
  const count = [...graphemes.segment(name)].length;
  if (count > MOST_GRAPHEMES) return refuse(`at most ${MOST_GRAPHEMES} characters, got ${count}`);
  const keys = keysOf(name);
  if (keys.some((key) => RESERVED_KEYS.has(key))) {
    return refuse(`none that could be taken for ${RESERVED.join(", ")}`);
  }
  return { ok: true, name, keys };
}

/**
 * The keys of a name. Each is a skeleton (UTS 39, 4) of the name as the rules for comparing nicknames make it (RFC
 * 8266, 2.4): once folded before the look-alikes are replaced, and once after, for a capital may look like what its
 * small letter does not: `PayPaI`. And once of its capitals: `BlLL` looks like those of `bill`.
 */
export function keysOf(name: string): readonly string[] {
  const shown = tidy(name);
  const folded = [skeleton(shown), skeleton(shown.toUpperCase())].map(compareForm);
  return [...new Set([skeleton(compareForm(name)), ...folded])];
}

/** As it is shown: RFC 8266, 2.3. */
function tidy(name: string): string {
  return settle(name, (text) =>
    text
      .replaceAll(/\p{Zs}+/gu, " ")
      .trim()
      .normalize("NFKC"),
  );
}

/** As it is compared: RFC 8266, 2.4. */
function compareForm(name: string): string {
  return settle(name, (text) => tidy(text).toLowerCase());
}

/** The rules are applied until nothing changes any more, four times at most (RFC 8266, 2.3 and RFC 8264, 7). */
function settle(text: string, rule: (text: string) => string): string {
  let result = text;
  for (let time = 0; time < 4; time += 1) {
    const next = rule(result);
    if (next === result) break;
    result = next;
  }
  return result;
}

/** UTS 39, 4: what a text looks like, in characters that stand for their look-alikes. A dot over an `i` is there already. */
function skeleton(text: string): string {
  return unhomoglyph(text.normalize("NFD"))
    .normalize("NFD")
    .replaceAll(/(?<=\p{Soft_Dotted}\p{M}*)\u0307/gu, "");
}

const RESERVED_KEYS = new Set(RESERVED.flatMap(keysOf));

function refuse(rule: string): NameVerdict {
  return { ok: false, message: `Expected \`name\` to be ${rule}` };
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
