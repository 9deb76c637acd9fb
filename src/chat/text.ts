/** How many bytes a text has in UTF-8, if not more than `limit`; else some number above it. */
export function utf8Bytes(text: string, limit = Infinity): number {
  // Each unit of UTF-16 is one to three bytes, so most texts need no counting.
  if (text.length > limit) return text.length;
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Of a pair, each half counts two.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

/** Controls that text does not have: all but newline and tab. */
const CONTROL = /[\p{Cc}--[\n\t]]/v;

/** What has ink: a text without any is a line that nobody sees, under somebody's name. */
const INK = /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Says which rule the text of a message breaks; `undefined` for none. */
export function textFault(
  text: string,
  limits: { readonly textCodePoints: number; readonly textBytes: number },
): string | undefined {
  if (!INK.test(text)) return "Expected `text` to have something in it besides white space";
  const bytes = utf8Bytes(text, limits.textBytes);
  if (bytes > limits.textBytes) return `Expected \`text\` to be at most ${limits.textBytes} bytes of UTF-8`;
  let codePoints = 0;
  for (const _ of text) codePoints += 1;
  if (codePoints > limits.textCodePoints) {
    return `Expected \`text\` to be at most ${limits.textCodePoints} code points, got ${codePoints}`;
  }
  if (!text.isWellFormed()) return "Expected `text` to be well-formed, got half of a surrogate pair";
  const control = CONTROL.exec(text)?.[0].charCodeAt(0);
  if (control === undefined) return undefined;
  return `Expected \`text\` to have no controls but newline and tab, got U+${control.toString(16).toUpperCase().padStart(4, "0")}`;
}
