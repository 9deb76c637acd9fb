/** Header fields as they came: name, value, name, value… in their order and case. */
export type RawFields = readonly string[];

/** What the rules ask of a request's fields, read in one pass. */
export interface RequestFields {
  readonly hosts: readonly string[];
  /** Options of `Connection`, in lower case (RFC 9110 §7.6.1). */
  readonly connection: readonly string[];
  readonly contentLengths: readonly string[];
  readonly transferEncodings: readonly string[];
  /** Members of `TE`, in lower case. */
  readonly te: readonly string[];
  readonly via: readonly string[];
  readonly expectations: readonly string[];
  readonly proxyAuthorizations: readonly string[];
  readonly maxForwards: readonly string[];
  readonly upgrades: readonly string[];
}

const NONE: readonly string[] = [];

/** The fields that rules are about, by name. */
const KEYS: ReadonlyMap<string, keyof RequestFields> = new Map([
  ["host", "hosts"],
  ["connection", "connection"],
  ["content-length", "contentLengths"],
  ["transfer-encoding", "transferEncodings"],
  ["te", "te"],
  ["via", "via"],
  ["expect", "expectations"],
  ["proxy-authorization", "proxyAuthorizations"],
  ["max-forwards", "maxForwards"],
  ["upgrade", "upgrades"],
]);

/** Fields whose value is a list of tokens, case-insensitive. */
const LISTS = new Set<keyof RequestFields>(["connection", "te", "upgrades"]);

const EMPTY: RequestFields = {
  hosts: NONE,
  connection: NONE,
  contentLengths: NONE,
  transferEncodings: NONE,
  te: NONE,
  via: NONE,
  expectations: NONE,
  proxyAuthorizations: NONE,
  maxForwards: NONE,
  upgrades: NONE,
};

export function readFields(raw: RawFields): RequestFields {
  const found: { -readonly [Key in keyof RequestFields]: readonly string[] } = { ...EMPTY };
  for (let at = 0; at < raw.length; at += 2) {
    const key = KEYS.get((raw[at] ?? "").toLowerCase());
    if (key === undefined) continue;
    const value = raw[at + 1] ?? "";
    const values = LISTS.has(key) ? tokens(value) : [value];
    found[key] = found[key].length === 0 ? values : [...found[key], ...values];
  }
  return found;
}

/** The members of a list of tokens, in lower case, without the empty ones (RFC 9110 §5.6.1). */
export function tokens(value: string): readonly string[] {
  const lower = value.toLowerCase();
  if (!lower.includes(",")) return lower.trim() === "" ? NONE : [lower.trim()];
  return lower.split(",").flatMap((member) => member.trim() || []);
}
