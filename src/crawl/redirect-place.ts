/** More than any page's links: ranks of a level are ordered by the parent's place first. */
export const RANKS_A_PAGE = 2 ** 20;
/** More than any place that is counted. */
const AFTER_ALL = 2 ** 31;

/**
 * Where a URL stands in its level that a redirect led to: after all that links led to, by its key. It does not matter
 * which of several redirects was followed first.
 */
export function placeOfTarget(key: string): number {
  return AFTER_ALL + (fnv1a(key) >>> 1);
}

/** Of several redirects to one URL the first in its level is the parent, and any link before all of them. */
export function rankOfRedirect(place: number): number {
  return RANKS_A_PAGE * 2 * AFTER_ALL + place;
}

/** A hash of 32 bits (https://www.rfc-editor.org/rfc/rfc9923, FNV-1a), over UTF-16. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
