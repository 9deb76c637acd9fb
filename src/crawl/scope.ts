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
  const places = placesOf(rule, starts);
  if (rule === "host") return ({ host }) => places.has(host);
  if (rule === "domain") return (url) => places.has(siteOf(url));
  const prefixes = [...places];
  return ({ origin, pathname }) => prefixes.some((prefix) => (origin + pathname).startsWith(prefix));
}

/** A text that is the same for scopes that let the same URLs in, as far as they are told in the same way. */
export function describeScope(rule: ScopeRule, starts: readonly URL[]): string {
  const places = typeof rule === "object" ? [] : [...placesOf(rule, starts)].toSorted();
  return JSON.stringify([rule, places]);
}

/** The hosts, sites or beginnings of URLs where starts are. */
function placesOf(rule: Exclude<ScopeRule, object>, starts: readonly URL[]): ReadonlySet<string> {
  const placeOf = { host: ({ host }: URL) => host, domain: siteOf, prefix: prefixOf }[rule];
  return new Set(starts.map((start) => placeOf(start)));
}

function isAllowed({ allow, deny = [] }: ScopePatterns, href: string): boolean {
  if (deny.some((pattern) => matchesGlob(pattern, href))) return false;
  return allow === undefined || allow.some((pattern) => matchesGlob(pattern, href));
}

function prefixOf({ origin, pathname }: URL): string {
  return origin + pathname.slice(0, pathname.lastIndexOf("/") + 1);
}

/**
 * The registrable domain by the Public Suffix List, with the suffixes that providers have for their customers: two of
 * those are two sites. The host itself where there is none: an address, or a name such as `localhost`, with its port.
 */
function siteOf({ hostname, host }: URL): string {
  return getDomain(hostname, { allowPrivateDomains: true }) ?? host;
}
