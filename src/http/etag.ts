import { fingerprint } from "./fingerprint.ts";

/**
 * Makes a weak entity tag of a body, such as `W/"2n-05f6d1c3ae41b278"` (RFC 9110, 8.8.3). Weak, because the same body
 * may be sent compressed or not.
 */
export function weakEtag(body: string): string {
  return `W/"${fingerprint(body)}"`;
}

/** A member of a list that is an entity tag, with what stands between its quotes (RFC 9110, 8.8.3). */
const ENTITY_TAG = /(?:^|,)[ \t]*(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?=,|$)/g;

/**
 * Whether `If-None-Match` names this tag, so that 304 answers (RFC 9110, 13.1.2). Compares weakly (8.8.3.2): `W/` makes
 * no difference. Members of the list that are no entity tags are passed over.
 */
export function matchesEtag(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const opaque = etag.replace(/^W\//, "");
  return Array.from(ifNoneMatch.matchAll(ENTITY_TAG)).some(([, tag]) => `"${tag}"` === opaque);
}
