/** Fields of one upstream's answer that say how long it may be kept; `null` for what it does not have. */
export interface FreshnessPart {
  readonly cacheControl: string | null;
  readonly age: string | null;
  readonly vary: string | null;
  readonly expires?: string | null | undefined;
  readonly date?: string | null | undefined;
}

/** The fields of an answer that is made of several. */
export interface Freshness {
  readonly cacheControl: string;
  /** `undefined` for no such field. */
  readonly vary: string | undefined;
}

/**
 * How long an answer may be kept that is made of others: no longer than any of them (RFC 9111). `no-store` and `private`
 * of one are of the whole; it is fresh for the least that is left of one, and one that does not say is not fresh. What
 * cannot be read counts against keeping it. An answer made of nothing is not kept.
 */
export function combineFreshness(parts: readonly FreshnessPart[]): Freshness {
  const vary = combineVary(parts.map((part) => part.vary));
  const read = parts.map((part) => ({ part, directives: parseDirectives(part.cacheControl) }));
  const isSaid = (name: string) => read.some(({ directives }) => directives.has(name));
  if (parts.length === 0 || isSaid("no-store")) return { cacheControl: "no-store", vary };

  const maxAge = Math.min(...read.map(({ part, directives }) => remainingSeconds(part, directives)));
  const cacheControl = [
    ...(isSaid("private") ? ["private"] : []),
    `max-age=${maxAge}`,
    ...(isSaid("must-revalidate") ? ["must-revalidate"] : []),
  ];
  return { cacheControl: cacheControl.join(", "), vary };
}

/** Directives by lower-case name, each with its first argument; `""` for none. */
type Directives = ReadonlyMap<string, string>;

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const FIELD_NAME = new RegExp(`^${TOKEN}$`);
/** A directive with or without an argument, which may be in quotes (RFC 9111, 5.2). */
const DIRECTIVE = new RegExp(`(${TOKEN})(?:=(?:"((?:\\\\.|[^"\\\\])*)"|([^\\s,"]*)))?`, "g");

const NO_DIRECTIVES: Directives = new Map();

function parseDirectives(value: string | null): Directives {
  if (value === null) return NO_DIRECTIVES;
  const directives = new Map<string, string>();
  for (const [, name = "", quoted, plain = ""] of value.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!directives.has(key)) directives.set(key, quoted ?? plain);
  }
  return directives;
}

/** For how many seconds more a part is fresh: its lifetime (RFC 9111, 4.2.1) without its age (4.2.3). */
function remainingSeconds(part: FreshnessPart, directives: Directives): number {
  if (directives.has("no-cache")) return 0;
  // To the upstreams this is one client; what they allow shared caches is second best.
  const maxAge = directives.get("max-age") ?? directives.get("s-maxage");
  const lifetime = maxAge === undefined ? expiresIn(part) : parseSeconds(maxAge);
  // An age that is a list counts by its first member, and one that is no number does not count (5.1).
  const age = parseSeconds(part.age?.split(",", 1)[0]?.trim() ?? "");
  return Math.max(0, lifetime - age);
}

/** Seconds between `Date` and `Expires` (RFC 9111, 5.3); 0 without both. */
function expiresIn({ expires, date }: FreshnessPart): number {
  if (expires === undefined || expires === null) return 0;
  const seconds = (parseDate(expires) - parseDate(date)) / 1_000;
  return Number.isNaN(seconds) ? 0 : seconds;
}

/** The most that needs to be understood (RFC 9111, 1.2.2): 68 years. */
const MAX_SECONDS = 2 ** 31;

function parseSeconds(text: string): number {
  return /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) : 0;
}

/** What the three forms of a date have in common (RFC 9110, 5.6.7): a day's name at the beginning, and a time. */
const DATE = /^(?:mon|tue|wed|thu|fri|sat|sun).* \d{2}:\d{2}:\d{2} /i;

function parseDate(text: string | null | undefined): number {
  if (text === undefined || text === null || !DATE.test(text)) return Number.NaN;
  // One of the forms does not say that it is in GMT.
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}

/** The union of what the parts vary by (RFC 9110, 12.5.5). What names no field could be anything: `*`. */
function combineVary(values: readonly (string | null)[]): string | undefined {
  const names = new Map<string, string>();
  for (const member of values.flatMap((value) => value?.split(",") ?? [])) {
    const name = member.trim();
    if (name === "") continue;
    if (name === "*" || !FIELD_NAME.test(name)) return "*";
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  return names.size === 0 ? undefined : [...names.values()].join(", ");
}
