import type { RawFields } from "./fields.ts";
import { tokens } from "./fields.ts";
import { isHopByHop } from "./hop-by-hop.ts";

/** A response's head as it came from the origin. */
export interface ResponseHead {
  readonly status: number;
  /** The reason phrase. */
  readonly reason: string;
  /** `1.1` of `HTTP/1.1`. */
  readonly httpVersion: string;
  readonly raw: RawFields;
}

/**
 * The fields that go to the client: in their order and case, without those of the origin's connection, and `Via`.
 *
 * @param hasTrailers Whether the client can be sent trailers; if not, none are announced.
 */
export function responseFields(
  { status, httpVersion, raw }: ResponseHead,
  pseudonym: string,
  hasTrailers: boolean,
): string[] {
  const connection: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() === "connection") connection.push(...tokens(raw[at + 1] ?? ""));
  }
  const fields: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? "";
    const lower = name.toLowerCase();
    if (isHopByHop(lower, connection)) continue;
    if (lower === "trailer" && !hasTrailers) continue;
    // RFC 9110 §8.6: there is no body here whose length could be said.
    if (lower === "content-length" && (status === 204 || status < 200)) continue;
    fields.push(name, raw[at + 1] ?? "");
  }
  fields.push("Via", `${httpVersion} ${pseudonym}`);
  return fields;
}
