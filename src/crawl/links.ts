import { percentEncodeAfterEncoding } from "@exodus/bytes/whatwg.js";
import { Parser } from "htmlparser2";

/** Where a link stands in a page. */
type LinkKind = "a" | "area" | "canonical" | "next" | "alternate" | "refresh";

/** A link with an http(s) URL, absolute and without a fragment. */
interface Link {
  readonly url: string;
  readonly kind: LinkKind;
  /** `rel=nofollow`: its author does not vouch for it. */
  readonly noFollow?: true;
}

/** What a crawler wants to know of a page. */
export interface PageContent {
  readonly title: string | undefined;
  /** In the order of the page, each once. */
  readonly links: readonly Link[];
  /** Whether there are more different links than are kept, or elements too deep within one another to be read. */
  readonly hasMore: boolean;
  /** `nofollow` in a `meta` for all robots or for this one. */
  readonly noFollow: boolean;
}

/** How to read a page. */
export interface LinkOptions {
  /** The URL that it came from, after redirects. */
  readonly url: string;
  /** How it was encoded: queries are written in the same encoding. */
  readonly encoding: string;
  /** The product token of this crawler. */
  readonly agent: string;
  readonly maxLinks: number;
}

const MAX_TITLE = 300;
/** Of all links of a page; a short link becomes a long URL where its base is long. */
const MAX_CHARACTERS = 1_000_000;
/** How much is read at a time, in characters. */
const PIECE = 64 * 1024;
/** Elements within one another; browsers end at half of it. What the parser does at each end grows with them. */
const MAX_DEPTH = 1_000;

/** Reads what a page links to, and what it says to robots. */
export function readPage(html: string, { url, encoding, agent, maxLinks }: LinkOptions): PageContent {
  /** By how they are written, up to the fragment: a table of contents leads to few pages, and to many places in each. */
  const found = new Map<string, Mention>();
  let base: string | undefined;
  let title: string | undefined;
  let isInTitle = false;
  let depth = 0;
  let foreign = 0;
  let noFollow = false;
  let hasMore = false;

  const add = (href: string | undefined, kind: LinkKind, isNoFollow = false) => {
    if (href === undefined) return;
    const fragment = href.indexOf("#");
    const reference = fragment === -1 ? href : href.slice(0, fragment);
    const known = found.get(reference);
    // One that is vouched for counts, wherever the page does not.
    if (known !== undefined ? known.noFollow && !isNoFollow : found.size < maxLinks)
      found.set(reference, { kind, noFollow: isNoFollow });
    else hasMore ||= known === undefined;
  };

  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > MAX_DEPTH) hasMore = true;
      switch (name) {
        case "a":
        case "area":
          return add(attributes["href"], name, hasToken(attributes["rel"], "nofollow"));
        case "link":
          // An alternate stylesheet is a stylesheet (HTML Standard, 4.6.7.2).
          if (hasToken(attributes["rel"], "stylesheet")) return;
          for (const kind of LINK_RELATIONS) {
            if (hasToken(attributes["rel"], kind)) return add(attributes["href"], kind);
          }
          return;
        case "base":
          base ??= attributes["href"];
          return;
        case "meta":
          if (attributes["http-equiv"]?.trim().toLowerCase() === "refresh") {
            add(refreshTarget(attributes["content"]), "refresh");
          }
          if (speaksTo(attributes["name"], agent)) noFollow ||= forbidsFollowing(attributes["content"]);
          return;
        case "svg":
          foreign += 1;
          return;
        case "title":
          if (foreign === 0 && title === undefined) {
            isInTitle = true;
            title = "";
          }
          return;
      }
    },
    ontext(text) {
      if (isInTitle && title !== undefined && title.length < MAX_TITLE) title += text;
    },
    onclosetag(name) {
      depth -= 1;
      if (name === "title") isInTitle = false;
      if (name === "svg") foreign -= 1;
    },
  });
  // Of a page with more links than are kept, or that is no page, the rest is not worth the time.
  for (let from = 0; from < html.length && !hasMore; from += PIECE)
    parser.write(html.slice(from, from + PIECE));
  parser.end();

  const baseUrl = (base === undefined ? null : URL.parse(base, url)) ?? new URL(url);
  const isBase = /^https?:$/.test(baseUrl.protocol) ? baseUrl.href : url;
  const { links, isWhole } = resolve(found, isBase, encoding);
  return {
    title: title && cut(title.replaceAll(/\s+/g, " ").trim()),
    links,
    hasMore: hasMore || !isWhole,
    noFollow,
  };
}

/** The beginning of a title, without half a character at its end. */
function cut(title: string): string {
  return title.slice(0, MAX_TITLE).replace(/[\uD800-\uDBFF]$/, "");
}

const LINK_RELATIONS = ["canonical", "next", "alternate"] as const;

/** Where a reference stands first, or first without `nofollow`. */
interface Mention {
  readonly kind: LinkKind;
  readonly noFollow: boolean;
}

function resolve(
  found: ReadonlyMap<string, Mention>,
  base: string,
  encoding: string,
): { readonly links: readonly Link[]; readonly isWhole: boolean } {
  const links = new Map<string, Link>();
  let characters = 0;
  for (const [href, { kind, noFollow }] of found) {
    const target = URL.parse(withQueryIn(encoding, href), base);
    if (target === null || !/^https?:$/.test(target.protocol)) continue;
    target.hash = "";
    const { href: url } = target;
    // Two spellings may be one URL, and then the same holds.
    if (!links.has(url) || (links.get(url)?.noFollow === true && !noFollow)) {
      if (!links.has(url)) characters += url.length;
      if (characters > MAX_CHARACTERS) return { links: [...links.values()], isWhole: false };
      links.set(url, noFollow ? { url, kind, noFollow } : { url, kind });
    }
  }
  return { links: [...links.values()], isWhole: true };
}

/** A reference whose query is written in an encoding, where it has something in it that is not the same in all. */
function withQueryIn(encoding: string, href: string): string {
  const query = href.indexOf("?");
  if (query === -1 || encoding.startsWith("UTF-") || !/\P{ASCII}/u.test(href)) return href;
  try {
    // The parser of URLs would take line breaks out of it.
    const text = href.slice(query + 1).replaceAll(/[\t\n\r]/g, "");
    return href.slice(0, query + 1) + percentEncodeAfterEncoding(encoding, text, SPECIAL_QUERY);
  } catch {
    return href; // Nothing is written in `replacement`.
  }
}

/** What is escaped in the query of an http URL besides what always is (URL Standard, 1.3), in the order of code points. */
const SPECIAL_QUERY = ` "#'<>`;

function hasToken(list: string | undefined, token: string): boolean {
  return (
    list !== undefined &&
    list
      .toLowerCase()
      .split(/[\t\n\f\r ]+/)
      .includes(token)
  );
}

/** The URL of a `meta refresh` (HTML Standard, 4.2.5.3, "shared declarative refresh steps"), if it has one. */
function refreshTarget(content = ""): string | undefined {
  const match = /^\s*[\d.]*\s*(?:[;,]\s*|\s+)(?:url\s*=\s*)?(?:"([^"]*)|'([^']*)|(.*))/is.exec(content);
  const target = match?.[1] ?? match?.[2] ?? match?.[3];
  return target === undefined || target === "" ? undefined : target;
}

function speaksTo(name: string | undefined, agent: string): boolean {
  const whom = name?.trim().toLowerCase();
  return whom === "robots" || whom === agent.toLowerCase();
}

/** Whether directives for robots, as in a `meta`, say not to follow the links. */
export function forbidsFollowing(directives = ""): boolean {
  return /(?:^|[\s,])(?:nofollow|none)(?:$|[\s,])/i.test(directives);
}
