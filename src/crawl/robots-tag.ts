import { forbidsFollowing } from "./links.ts";

/**
 * Whether an `X-Robots-Tag` field says to follow no links: to all robots, or to the one of this name. A name holds for
 * what comes after it, up to the next.
 *
 * @see https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag#xrobotstag
 */
export function tagForbidsFollowing(field: string | null, agent: string): boolean {
  let isForUs = true;
  for (const part of (field ?? "").split(",")) {
    const [, name, rest = part] = /^\s*([\w-]+)\s*:(.*)$/s.exec(part) ?? [];
    if (name !== undefined && !VALUED.test(name)) isForUs = name.toLowerCase() === agent.toLowerCase();
    if (isForUs && forbidsFollowing(rest)) return true;
  }
  return false;
}

/** Directives that have a value behind a colon, as names of robots have directives. */
const VALUED = /^(?:unavailable_after|max-(?:snippet|image-preview|video-preview))$/i;
