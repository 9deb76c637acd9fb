import { suggest } from "./nearest.ts";
import { repeatedNames } from "./repeated-names.ts";
import { ALL_SCOPES, isScope, type Scope } from "./scopes.ts";

/** Whom a token names, what it is good for, and what is kept of it. */
export interface TokenEntry {
  readonly name: string;
  readonly sha256: Uint8Array<ArrayBuffer>;
  readonly scopes: readonly Scope[];
}

/** The tokens that open the door. */
export type Tokens =
  /** Nobody has set any. */
  | { readonly kind: "none" }
  /** They were set, and cannot be used: nobody gets in before that is mended. */
  | { readonly kind: "unusable"; readonly faults: readonly string[] }
  | { readonly kind: "known"; readonly entries: readonly TokenEntry[] };

/** The variable that they are in. */
export const API_TOKENS = "API_TOKENS";

/** Who calls without a token where that is allowed; no token may have this name. */
export const LOCAL_NAME = "local";

/**
 * Reads the secret `API_TOKENS`: a JSON object of `name: {"sha256": "<64 hexadecimal digits>", "scopes": […]}`.
 * Faults name the entry and the rule, and show nothing that may be secret: no hash, no token, no text that is in the
 * wrong place.
 */
export function readTokens(value: unknown): Tokens {
  if (value === undefined) return { kind: "none" };
  const faults: string[] = [];
  const report: Report = (fault) => void faults.push(`${API_TOKENS}: ${fault}`);
  const parsed = parse(value);
  const repeated = typeof value === "string" && parsed !== undefined ? repeatedNames(value) : [];
  for (const name of repeated) report(`expected ${plain(name)} once, got it twice`);
  const entries = readEntries(parsed, report);
  return faults.length > 0 ? { kind: "unusable", faults } : { kind: "known", entries };
}

type Report = (fault: string) => void;

/** `undefined` for what is no JSON. The parser's own message would quote the secret. */
function parse(value: unknown): unknown {
  try {
    return typeof value === "string" ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

function readEntries(value: unknown, report: Report): readonly TokenEntry[] {
  if (!isObject(value)) {
    report('expected a JSON object like {"ci": {"sha256": "…", "scopes": ["fanout"]}}');
    return [];
  }
  const entries = Object.entries(value).map(([name, entry], index) => readEntry(name, entry, index, report));
  for (const [index, { name, sha256 }] of entries.entries()) {
    const other = entries.slice(0, index).find((one) => toHex(one.sha256) === toHex(sha256));
    const isSame = other !== undefined && sha256.length > 0;
    if (isSame) report(`\`${other.name}\` and \`${name}\`: expected a token each, got the same twice`);
  }
  return entries;
}

/** Cannot be a hash (64 characters) or a token (an underscore). */
const NAME = /^[a-z\d][a-z\d.-]{0,47}$/;
const SHA256 = /^[\da-f]{64}$/i;

function readEntry(name: string, entry: unknown, index: number, report: Report): TokenEntry {
  const isNamed = NAME.test(name) && name !== LOCAL_NAME;
  const label = isNamed ? `\`${name}\`` : `entry ${index + 1}`;
  const reportHere: Report = (fault) => report(`${label}: ${fault}`);
  if (name === LOCAL_NAME) reportHere(`expected another name than \`${name}\`, which is who needs no token`);
  else if (!isNamed) reportHere("expected a name of up to 48 lower-case letters, digits, dots and hyphens");
  const { sha256, scopes, ...others } = isObject(entry) ? entry : {};
  const isHash = typeof sha256 === "string" && SHA256.test(sha256);
  if (!isHash)
    reportHere("expected `sha256` to be 64 hexadecimal digits: the SHA-256 of a token, not the token");
  for (const other of Object.keys(others))
    reportHere(`expected only \`sha256\` and \`scopes\`, got ${plain(other)}`);
  return {
    name,
    sha256: isHash ? fromHex(sha256) : new Uint8Array(0),
    scopes: readScopes(scopes, reportHere),
  };
}

function readScopes(value: unknown, report: Report): readonly Scope[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  if (names.length === 0) report("expected `scopes` to be a list of one scope or more");
  return names.flatMap((name) => {
    if (typeof name === "string" && isScope(name)) return name;
    const shown = plain(name);
    report(`expected a scope, got ${shown}; ${suggest(shown.replaceAll("`", ""), ALL_SCOPES)}`);
    return [];
  });
}

/** A word that can hardly be a secret as it is; anything else is only said to be something else. */
function plain(value: unknown): string {
  return typeof value === "string" && /^[a-z][a-z\d:_-]{0,19}$/i.test(value)
    ? `\`${value}\``
    : "something else";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Writes bytes in hexadecimal, as an entry has its hash. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
