/**
 * Whether a message has been here before: a member of `Via` names this proxy as who received it (RFC 9110 §7.6.3).
 * Comments are skipped, for anybody may write anything in one.
 */
export function hasBeenHere(via: readonly string[], pseudonym: string): boolean {
  if (via.length === 0) return false;
  return via.some((value) =>
    withoutComments(value)
      .split(",")
      .some((member) => member.trim().split(/[ \t]+/)[1] === pseudonym),
  );
}

/** Comments may stand in each other (RFC 9110 §5.6.5). One that does not end is none. */
function withoutComments(value: string): string {
  if (!value.includes("(")) return value;
  let text = "";
  let depth = 0;
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (character === "(") depth += 1;
    else if (depth === 0) text += character;
    else if (character === ")") depth -= 1;
    else if (character === "\\") at += 1;
  }
  return depth === 0 ? text : value;
}
