/** Parts on lines of a width, with ` · ` between. A part that needs more than a line is broken between its words. */
export function wrap(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  const add = (piece: string, glue: string) => {
    const last = lines.at(-1);
    const joined = `${last ?? ""}${glue}${piece}`;
    if (last !== undefined && joined.length <= width) lines[lines.length - 1] = joined;
    else lines.push(clip(piece, width));
  };
  for (const part of parts) {
    const pieces = part.length <= width ? [part] : part.split(" ");
    for (const [index, piece] of pieces.entries()) add(piece, index === 0 ? " · " : " ");
  }
  return lines;
}

/** One text at the left and one at the right of a line; the left one gives way. */
export function spread(left: string, right: string, width: number): string {
  const room = width - right.length;
  return clip(left, room - 1).padEnd(room) + right;
}

/** A text, cut to a width; `…` says so. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
