/** Parts on lines of a width, with `; ` between. One that is too long for a line is broken between its words. */
export function wrap(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  const add = (piece: string, glue: string) => {
    const joined = line === "" ? piece : `${line}${glue}${piece}`;
    if (joined.length <= width) return void (line = joined);
    if (line !== "") lines.push(line + glue.trimEnd());
    line = clip(piece, width);
  };
  for (const part of parts) {
    if (part.length < width) add(part, "; ");
    else for (const [index, word] of part.split(" ").entries()) add(word, index === 0 ? "; " : " ");
  }
  return line === "" ? lines : [...lines, line];
}

/** One text at the left, one at the right; the left one gives way. */
export function spread(left: string, right: string, width: number): string {
  return clip(left, width - right.length - 1).padEnd(width - right.length) + right;
}

/** A text that ends with `…` where it is cut to a width. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
