import { hideTokens } from "./token-form.ts";

/** What a caller may choose: long enough to be told apart, short and plain enough for any log. */
const SANE = /^[\w.:-]{8,128}$/;

/** The id of a request: the caller's `X-Request-Id` when it is sane and no token, else one of our own. */
export function requestId(headers: Headers, makeId: () => string): string {
  const given = headers.get("X-Request-Id");
  const isSane = given !== null && SANE.test(given) && hideTokens(given) === given;
  return isSane ? given : makeId();
}
