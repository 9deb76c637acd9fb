/** Where a request or a tunnel goes. */
export interface Destination {
  /** As the parser of http URLs writes it: every spelling of an address becomes one, IPv6 in brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** The target of a request in absolute-form, taken apart (RFC 9112 §3.2.2). */
export interface Target extends Destination {
  /** What to send on: origin-form, byte for byte as it came, or `*` (RFC 9112 §3.2.4). */
  readonly path: string;
  /** What `Host` has to say: host and port without userinfo. */
  readonly authority: string;
}

/** A value, or the rule that the text breaks, in words. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

const ABSOLUTE = /^([a-z][a-z\d+.-]*):\/\/([^/?]*)(.*)$/i;
const HOST_AND_PORT = /^(\[[^[\]]*\]|[^:[\]]*)(?::(\d*))?$/;
/** RFC 3986 §2: what else is in a URI is percent-encoded. Servers and browsers let pass the rest, but not these. */
const NEVER_IN_A_TARGET = /[^\x21-\x7e]/;

/** Reads the target of a request that is not CONNECT. Userinfo is dropped. */
export function readTarget(method: string, text: string): Read<Target> {
  if (text.startsWith("/"))
    return fault("the target is a path: this is a proxy, and needs `http://host/path`");
  if (NEVER_IN_A_TARGET.test(text)) return fault("the target has a character that has to be percent-encoded");
  if (text.includes("#")) return fault("the target has a fragment");
  const [, scheme = "", authority = "", rest = ""] = ABSOLUTE.exec(text) ?? [];
  if (scheme === "") return fault("the target is not a URL");
  if (scheme.toLowerCase() !== "http") {
    return fault(`the target's scheme is ${scheme}: only http is asked for; others go through CONNECT`);
  }
  const place = readPlace(authority.slice(authority.lastIndexOf("@") + 1), 80);
  if (!place.ok) return place;
  const asterisk = rest === "" && method === "OPTIONS";
  const path = asterisk ? "*" : rest.startsWith("/") ? rest : `/${rest}`;
  return { ok: true, value: { ...place.value, path } };
}

/** Reads the target of CONNECT: host and port, and nothing else (RFC 9112 §3.2.3). */
export function readAuthority(text: string): Read<Destination> {
  if (NEVER_IN_A_TARGET.test(text) || /[/?#@\\]/.test(text)) {
    return fault("the target of CONNECT is not `host:port`");
  }
  if (!/:\d+$/.test(text)) return fault("the target of CONNECT names no port");
  return readPlace(text, undefined);
}

/** Reads host and port. @param fallback The port where none is said. */
function readPlace(text: string, fallback: number | undefined): Read<Omit<Target, "path">> {
  const [whole, host = "", digits = ""] = HOST_AND_PORT.exec(text) ?? [];
  if (whole === undefined) return fault("the target's host and port cannot be read");
  if (host === "") return fault("the target names no host");
  const hostname = canonicalHost(host);
  if (hostname === undefined) return fault("the target's host cannot be read");
  const port = digits === "" ? fallback : Number(digits);
  if (port === undefined || digits.length > 5 || port < 1 || port > 65_535) {
    return fault("the target's port is not from 1 to 65535");
  }
  const authority = digits === "" ? hostname : `${hostname}:${port}`;
  return { ok: true, value: { hostname, port, authority } };
}

/** What any http client would take the host for (WHATWG URL, host parser). */
function canonicalHost(host: string): string | undefined {
  // `@`, `\` and their like would end the host for that parser, and for others not.
  if (/[\s\\@/?#<>^|]/.test(host)) return undefined;
  const hostname = URL.parse(`http://${host}/`)?.hostname;
  return hostname === "" ? undefined : hostname;
}

function fault(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
