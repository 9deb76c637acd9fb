// oxlint-disable-next-line typescript/triple-slash-reference -- the package has no types to import
/// <reference path="./http-link-header.d.ts" />
import LinkHeader from "http-link-header";

/** A header that is longer is not read … */
const MAX_LENGTH = 8 * 1024;
/** … nor a link with more parameters: the parser copies all of them for each of its relations. */
const MAX_PARAMETERS = 32;

/** One link with its parameters, up to a comma that is neither in the reference nor in quotes, which may be left open. */
const LINK_VALUE = /(?:<[^<>]*>|"(?:\\.|[^"\\])*(?:"|\\?$)|[^,<"])+/gs;

/**
 * Where the next page is, by `Link: <…>; rel="next"` (RFC 8288). The first such link counts; one with an `anchor` is
 * about another document (3.2) and does not. A link that cannot be read is passed over.
 *
 * @param base The URL that the header came from, which relative references are relative to.
 * @returns An absolute `http:` or `https:` URL.
 */
export function nextLink(header: string | null, base: string): string | undefined {
  if (header === null || header.length > MAX_LENGTH) return undefined;
  // Link by link, so that one that is broken does not take the others with it.
  for (const [value] of header.matchAll(LINK_VALUE)) {
    const link = parseLinks(value).find(({ rel, anchor }) => anchor === undefined && isNext(rel));
    const url = link === undefined ? null : URL.parse(link.uri, base);
    if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  }
  return undefined;
}

function parseLinks(value: string): ReturnType<typeof LinkHeader.parse>["refs"] {
  if (value.split(";").length > MAX_PARAMETERS + 1) return [];
  try {
    return LinkHeader.parse(value).refs;
  } catch {
    return []; // no link, so no next one
  }
}

/** Whether `next` is among the relations; their names take either case (RFC 8288, 2.1.1). */
function isNext(rel: string | undefined): boolean {
  return rel !== undefined && rel.toLowerCase().split(/\s+/).includes("next");
}
