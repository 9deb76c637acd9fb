/** How deep JSON may nest. */
export const MAX_DEPTH = 100;

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [34, 92, 91, 93, 123, 125];

/**
 * Whether a text nests deeper than JSON may here: the parser takes any depth, and what walks the value later, such
 * as `JSON.stringify`, would run out of stack.
 */
export function isTooDeep(text: string): boolean {
  if (hasFew(text, "{", "[")) return false;
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) isInString = !isInString;
    else if (code === BACKSLASH && isInString) index += 1;
    else if (isInString) continue;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth -= 1;
  }
  return false;
}

/** Whether these come so seldom that there is no need to look at every character: in most documents, and much faster. */
function hasFew(text: string, ...marks: readonly string[]): boolean {
  let count = 0;
  for (const mark of marks) {
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
      count += 1;
      if (count > MAX_DEPTH) return false;
    }
  }
  return true;
}
