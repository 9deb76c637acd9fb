/** How much of the digest a tag holds: 144 bits, which base64 writes without padding. */
const TAG_BYTES = 18;

/**
 * Makes a weak entity tag of a body, such as `W/"47DEQpj8HBSa-_TImW-5JCeu"` (RFC 9110, 8.8.3): the beginning of its
 * SHA-256. Weak, because the same body may be sent compressed or not.
 */
export async function weakEtag(body: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest, 0, TAG_BYTES)));
  return `W/"${base64.replaceAll("+", "-").replaceAll("/", "_")}"`;
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
