/**
 * Whether a text matches a pattern from its beginning, in which `*` stands for anything and a final `$` for the end
 * (the patterns of RFC 9309, 2.2.3). Takes time in proportion to the text for each piece, whatever the pattern is.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const isAnchored = pattern.endsWith("$");
  const [first = "", ...pieces] = (isAnchored ? pattern.slice(0, -1) : pattern).split("*");
  if (!text.startsWith(first)) return false;
  let position = first.length;
  const last = pieces.pop();
  // The leftmost place for each leaves the most for those behind it.
  for (const piece of pieces) {
    const found = text.indexOf(piece, position);
    if (found === -1) return false;
    position = found + piece.length;
  }
  if (last === undefined) return !isAnchored || position === text.length;
  return isAnchored
    ? text.length - last.length >= position && text.endsWith(last)
    : text.includes(last, position);
}
