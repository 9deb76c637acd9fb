import { THIS_MACHINE } from "./address-ranges.ts";
import { specialUse, withoutFinalDot } from "./special-use.ts";

/** Where a caller may send this server. */
export interface GuardPolicy {
  /** Whether this machine is fine: loopback in any spelling, 0.0.0.0, `localhost`. Nothing else private ever is. */
  readonly allowLoopback: boolean;
  /**
   * The only hosts to allow of those that pass the other rules; without it, every public one. An entry is a host as a
   * URL shows it (`xn--…` for an international name, brackets around IPv6), or `*.example.com` for all names below
   * `example.com`.
   */
  readonly hosts?: readonly string[] | undefined;
}

/** What the guard says: the URL to use, or the one rule that it breaks, in words for the caller. */
export type GuardVerdict =
  | { readonly allowed: true; readonly url: URL }
  | { readonly allowed: false; readonly reason: string };

/**
 * Judges a URL that a caller supplies, so that it cannot send this server into its own network. Fetch the URL that
 * comes back rather than the text, and judge each redirect before following it. The spelling alone is judged: a public
 * name may still resolve to a private address, which whoever connects has to refuse.
 *
 * @param base What a relative text is relative to: for a redirect's `Location`, the URL that redirects.
 */
export function guardAddress(text: string, policy: GuardPolicy, base?: URL): GuardVerdict {
  if (text.length > MAX_CHARACTERS) return refuse(TOO_LONG);
  // The URL parser drops some of these in silence, and who reads the text after it may not.
  if (/[\s\p{Cc}]/u.test(text)) return refuse("the URL has white space or a control character in it");
  const url = URL.parse(text, base?.href);
  if (url === null) return refuse(`\`${shown(text)}\` cannot be read as a URL`);
  const reason = brokenRule(url, policy);
  return reason === undefined ? { allowed: true, url } : refuse(reason);
}

const MAX_CHARACTERS = 8_192;
const MAX_SHOWN = 100;
const TOO_LONG = `the URL is longer than ${MAX_CHARACTERS} characters`;

function refuse(reason: string): GuardVerdict {
  return { allowed: false, reason };
}

function brokenRule(url: URL, policy: GuardPolicy): string | undefined {
  if (!/^https?:$/.test(url.protocol)) return `\`${shown(url.href)}\` is not an http or https URL`;
  // Longer than the text: a base may come before it, and encoding makes nine characters of one.
  if (url.href.length > MAX_CHARACTERS) return TOO_LONG;
  // The origin has no userinfo, and no path or query with a secret in it.
  const origin = () => `\`${shown(`${url.origin}/`)}\``;
  if (url.username !== "" || url.password !== "") return `${origin()} comes with a user name or password`;
  if (url.port === "0") return `${origin()} names port 0, where nothing listens`;
  const use = specialUse(url.hostname);
  const isReachable = use === undefined || (use === THIS_MACHINE && policy.allowLoopback);
  if (!isReachable) return `${origin()} is ${use}`;
  if (policy.hosts !== undefined && !isListed(url.hostname, policy.hosts)) {
    return `${origin()} is not among the hosts allowed here`;
  }
  return undefined;
}

function isListed(hostname: string, hosts: readonly string[]): boolean {
  const name = withoutFinalDot(hostname);
  return hosts.some((host) => {
    const entry = host.toLowerCase();
    return entry.startsWith("*.") ? name.endsWith(entry.slice(1)) : name === entry;
  });
}

/** A URL for a message: of a length to read, and without what may be a user name, a password or a token. */
function shown(text: string): string {
  const safe = text.replace(/^.*@/, "…@").replace(/[?#].*/, "…");
  return safe.length > MAX_SHOWN ? `${safe.slice(0, MAX_SHOWN)}…` : safe;
}
