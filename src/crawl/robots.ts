import { normalizeEscapes } from "./escapes.ts";
import { matchesGlob } from "./glob.ts";

/** What a host's robots.txt says to one crawler. */
export interface Robots {
  readonly rules: readonly RobotsRule[];
  /** Of `Crawl-delay`, in milliseconds; not part of the RFC. */
  readonly delayMs: number | undefined;
}

/** Says whether what matches may be fetched. */
interface RobotsRule {
  readonly allow: boolean;
  /** With percent-escapes in their one form. */
  readonly pattern: string;
}

/** Nothing is said. */
export const ALLOW_ALL: Robots = { rules: [], delayMs: undefined };

/** How many characters of a file are read: the RFC asks for 500 KiB at least (2.5). */
const MAX_CHARACTERS = 512 * 1024;
/** More bytes than there can be in them. */
export const MAX_ROBOTS_BYTES = 3 * MAX_CHARACTERS + 3;
/** The longest `Crawl-delay` that is kept to. */
const MAX_DELAY_MS = 30_000;

/**
 * Reads a robots.txt for the crawler with this product token (RFC 9309): groups for the same crawler are one, its name
 * counts in either case, and where none is for it, those for `*` are.
 */
export function parseRobots(text: string, token: string): Robots {
  const name = token.toLowerCase();
  const ours = { isNamed: false, rules: [] as RobotsRule[], delayMs: undefined as number | undefined };
  const everyones = { isNamed: false, rules: [] as RobotsRule[], delayMs: undefined as number | undefined };
  // Whom the rules to come are for; and the names right above, to whom alone a `Crawl-delay` speaks, for a record that
  // the RFC does not know may not end a group (2.2.4).
  let group = new Set<typeof ours>();
  let run = new Set<typeof ours>();
  let hasRules = false;
  let isRun = false;

  for (const { key, value } of records(text)) {
    if (key === "user-agent") {
      if (hasRules) group = new Set();
      if (!isRun) run = new Set();
      hasRules = false;
      isRun = true;
      const target = targetOf(value);
      if (target === undefined) continue;
      target.isNamed = true;
      group.add(target);
      run.add(target);
      continue;
    }
    if (key === "allow" || key === "disallow") {
      hasRules = true;
      // An empty one says nothing.
      if (value !== "") {
        const rule = { allow: key === "allow", pattern: normalizePattern(value) };
        for (const target of group) target.rules.push(rule);
      }
    }
    if (key === "crawl-delay") {
      const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
      const delayMs = seconds === undefined ? undefined : Math.min(MAX_DELAY_MS, seconds * 1_000);
      for (const target of run) target.delayMs ??= delayMs;
    }
    isRun = false;
  }
  const { rules, delayMs } = ours.isNamed ? ours : everyones;
  return { rules, delayMs };

  function targetOf(agent: string): typeof ours | undefined {
    if (agent === "*" || /^\*\s/.test(agent)) return everyones;
    // What follows the token, such as a version, does not count.
    return /^[a-z_-]+/i.exec(agent)?.[0].toLowerCase() === name ? ours : undefined;
  }
}

function* records(text: string): Generator<{ readonly key: string; readonly value: string }> {
  const lines = text
    .slice(0, MAX_CHARACTERS)
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/);
  // What is left of a rule that is cut off is another rule, and a wider one; after a whole one comes the end of its line.
  if (text.length > MAX_CHARACTERS && !/[\r\n]/.test(text.charAt(MAX_CHARACTERS))) lines.pop();
  for (const line of lines) {
    const content = line.split("#", 1)[0] ?? "";
    const colon = content.indexOf(":");
    if (colon === -1) continue;
    yield { key: content.slice(0, colon).trim().toLowerCase(), value: content.slice(colon + 1).trim() };
  }
}

/** The sitemaps that a robots.txt names, whatever group the line stands in (RFC 9309, 2.2.4). */
export function sitemapsIn(text: string): readonly string[] {
  return Array.from(records(text))
    .filter(({ key, value }) => key === "sitemap" && value !== "")
    .map(({ value }) => value);
}

/**
 * Whether a URL may be fetched. The longest pattern that matches decides, and of two that are as long, the one that
 * allows (RFC 9309, 2.2.2).
 */
export function mayFetch({ rules }: Robots, url: URL): boolean {
  if (rules.length === 0 || url.pathname === "/robots.txt") return true;
  return decidingRule(rules, url)?.allow ?? true;
}

/** The rule that decides about a URL. */
function decidingRule(rules: readonly RobotsRule[], url: URL): RobotsRule | undefined {
  // `search` is empty for a question mark alone.
  const [whole = ""] = url.href.split("#", 1);
  const path = normalizePath(url.pathname + (whole.endsWith("?") ? "?" : url.search));
  let best: RobotsRule | undefined;
  for (const rule of rules) {
    const { length } = rule.pattern;
    const isBetter =
      best === undefined || length > best.pattern.length || (length === best.pattern.length && rule.allow);
    if (isBetter && matchesGlob(rule.pattern, path)) best = rule;
  }
  return best;
}

/** What a URL cannot have in its path as it is, and a rule can. */
const TO_ESCAPE = /[^\x21-\x7e]|["<>^`{}|]/gu;

function normalizePattern(pattern: string): string {
  return normalizeEscapes(pattern.replace(TO_ESCAPE, escape));
}

/** A star or dollar that is in a URL is not that of a pattern, which must escape it to mean it. */
function normalizePath(path: string): string {
  return normalizeEscapes(path.replace(TO_ESCAPE, escape)).replaceAll("*", "%2A").replaceAll("$", "%24");
}

const encoder = new TextEncoder();

function escape(character: string): string {
  return Array.from(
    encoder.encode(character),
    (byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`,
  ).join("");
}
