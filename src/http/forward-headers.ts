import { hideTokens } from "./token-form.ts";

/** Fields of one connection (RFC 9110, 7.6.1), besides `Proxy-*` and those that `Connection` names. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"]);
/** Fields of one message, which is another one upstream. */
const OF_ONE_MESSAGE = new Set(["host", "content-length"]);

/** Fields that ask for something else than all of an answer in a form that we read: a part, nothing new, a coding. */
const OF_ANOTHER_ANSWER = /^(?:if-.+|range|accept-encoding)$/;

/** As much as servers commonly take of one field (nginx, Apache httpd) … */
const MAX_FIELD_BYTES = 8 * 1024;
/** … and of all of them (Node). */
const MAX_TOTAL_BYTES = 16 * 1024;

const FORWARDED_FOR = "x-forwarded-for";

/** Which fields of a request go on. */
export interface ForwardOptions {
  /** Names in either case. What is not named stays here. */
  readonly allow: readonly string[];
  /** Who sent the request: becomes the last address of `X-Forwarded-For`. */
  readonly clientAddress?: string | undefined;
}

/**
 * The fields of a caller's request that an upstream gets, by lower-case name: none but those allowed. What the caller
 * says of `X-Forwarded-For` counts only if that is allowed; else the list begins with the caller.
 *
 * A field over 8 KiB is left out, and so is one with which all would be over 16 KiB, in the order of `allow`: an
 * upstream would refuse them, and half a field is another one. The caller's address is never crowded out. So is a field
 * with a token of ours in it.
 */
export function forwardHeaders(
  incoming: Headers,
  { allow, clientAddress }: ForwardOptions,
): Record<string, string> {
  const names = new Set(allow.map((name) => name.toLowerCase()));
  const ofConnection = incoming.get("Connection")?.split(",") ?? [];
  for (const name of ofConnection) names.delete(name.trim().toLowerCase());
  const valueOf = (name: string) => {
    if (!names.has(name) || refusal(name) !== undefined) return undefined;
    const value = incoming.get(name);
    // A token of ours is for us: who shows one to get in does not mean it for an upstream.
    return value === null || value.length > MAX_FIELD_BYTES || hideTokens(value) !== value
      ? undefined
      : value;
  };

  const addresses = [valueOf(FORWARDED_FOR), clientAddress].filter((one) => one !== undefined && one !== "");
  const fields: [string, string][] = addresses.length === 0 ? [] : [[FORWARDED_FOR, addresses.join(", ")]];
  names.delete(FORWARDED_FOR);
  let bytesLeft = MAX_TOTAL_BYTES - sizeBytes(fields[0]);
  for (const name of names) {
    const value = valueOf(name);
    if (value === undefined || sizeBytes([name, value]) > bytesLeft) continue;
    fields.push([name, value]);
    bytesLeft -= sizeBytes([name, value]);
  }
  return Object.fromEntries(fields);
}

/** The size of a field on the wire of HTTP/1.1, with its colon, space and line end. */
function sizeBytes(field: readonly [string, string] | undefined): number {
  return field === undefined ? 0 : field[0].length + field[1].length + 4;
}

/** Says which names can never pass, a fault a name. */
export function checkForward(allow: readonly string[]): readonly string[] {
  return allow.flatMap((name) => {
    const why = refusal(name.toLowerCase());
    if (why === undefined) return [];
    return [`expected \`forward\` to name fields that can pass, got \`${name}\`, ${why}`];
  });
}

/** Fields that we write for each attempt. */
const OURS = new Set(["x-request-id", "traceparent", "manifold-timeout-ms", "manifold-lane"]);

/** Says which fields cannot be sent with every call, a fault a field. Shows no value: it may be a key. */
export function checkHeaders(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    const why = OURS.has(lower) ? "which Manifold writes itself" : refusal(lower);
    if (why !== undefined)
      return [`expected \`headers\` to name fields that can be sent, got \`${name}\`, ${why}`];
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return [];
    return [
      `expected the value of \`headers.${name}\` to have no line breaks and no characters past Latin-1`,
    ];
  });
}

/** Why a field never passes, by its lower-case name. */
function refusal(name: string): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return "which is no name of a field";
  if (HOP_BY_HOP.has(name) || name.startsWith("proxy-")) return "which is of one connection";
  if (OF_ONE_MESSAGE.has(name)) return "which is of one message";
  return OF_ANOTHER_ANSWER.test(name) ? "which asks for something else than a whole answer" : undefined;
}
