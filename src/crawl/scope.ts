import { getDomain } from "tldts";
import { matchesGlob } from "./glob.ts";

/**
 * Where a crawl may go: to the hosts of its start URLs, to all hosts of their registrable domains, to what begins like
 * one of them up to its last slash, or where patterns say.
 */
export type ScopeRule = "host" | "domain" | "prefix" | ScopePatterns;

/**
 * Patterns for whole URLs, in which `*` stands for anything and a final `$` for the end; without it, what comes after
 * does not matter. What `deny` matches is out, whatever `allow` says; no `allow` allows everything.
 */
interface ScopePatterns {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

/** Makes of a rule and the start URLs what tells whether a URL is inside. */
export function createScope(rule: ScopeRule, starts: readonly URL[]): (url: URL) => boolean {
  if (typeof rule === "object") return ({ href }) => isAllowed(rule, href);
  if (rule === "prefix") {
    const prefixes = starts.map(
      ({ origin, pathname }) => origin + pathname.slice(0, pathname.lastIndexOf("/") + 1),
    );
    return ({ origin, pathname }) => prefixes.some((prefix) => (origin + pathname).startsWith(prefix));
  }
  if (rule === "host") {
    const hosts = new Set(starts.map(({ host }) => host));
    return ({ host }) => hosts.has(host);
  }
  const sites = new Set(starts.map(siteOf));
  return (url) => sites.has(siteOf(url));
}

function isAllowed({ allow, deny = [] }: ScopePatterns, href: string): boolean {
  if (deny.some((pattern) => matchesGlob(pattern, href))) return false;
  return allow === undefined || allow.some((pattern) => matchesGlob(pattern, href));
}

/**
 * The registrable domain by the Public Suffix List, with the suffixes that providers have for their customers: two of
 * those are two sites. The host itself where there is none: an address, or a name such as `localhost`, with its port.
 */
function siteOf({ hostname, host }: URL): string {
  return getDomain(hostname, { allowPrivateDomains: true }) ?? host;
}
