/**
 * Whether a message has been here before: a member of `Via` names this proxy as who received it (RFC 9110 §7.6.3).
 * Comments are skipped, for anybody may write anything in one.
 */
export function hasBeenHere(via: readonly string[], pseudonym: string): boolean {
  if (via.length === 0) return false;
  return via.some((value) =>
    value
      .replaceAll(/\((?:[^()\\]|\\.)*\)/g, " ")
      .split(",")
      .some((member) => member.trim().split(/[ \t]+/)[1] === pseudonym),
  );
}
