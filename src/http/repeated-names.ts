/**
 * The names that an object of a JSON text has more than once, in whichever object of it: the parser takes the last in
 * silence.
 *
 * @param text What the parser takes.
 */
export function repeatedNames(text: string): readonly string[] {
  const repeated: string[] = [];
  const open: Set<string>[] = [];
  for (const [token] of text.matchAll(STRING_OR_BRACE)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (token.endsWith(":")) {
      const names = open.at(-1);
      // Names may be written in several ways, which mean the same.
      const name = String(JSON.parse(token.slice(0, -1)));
      if (names?.has(name) === true) repeated.push(name);
      names?.add(name);
    }
  }
  return repeated;
}

/** A string, with the colon after it where it is a name; or the begin or the end of an object. */
const STRING_OR_BRACE = /"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]/g;
