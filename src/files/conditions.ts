import { matchesEtag } from "../http/etag.ts";
import { parseHttpDate } from "../http/http-date.ts";

/** A file's version, as its validators say it. */
export interface Version {
  /** A strong entity tag, in quotes. */
  readonly httpEtag: string;
  readonly uploaded: Date;
}

/** What becomes of a request by its conditions. */
export type ConditionVerdict = "go-on" | "not-modified" | "precondition-failed";

/** Weighs the conditions of a GET or HEAD in the order of RFC 9110, 13.2.2. */
export function weighConditions(headers: Headers, { httpEtag, uploaded }: Version): ConditionVerdict {
  const uploadedS = Math.floor(uploaded.getTime() / 1_000);
  const ifMatch = headers.get("If-Match");
  const unmodifiedSinceS = seconds(headers.get("If-Unmodified-Since"), uploaded);
  if (ifMatch !== null ? !matchesStrongly(ifMatch, httpEtag) : uploadedS > unmodifiedSinceS) {
    return "precondition-failed";
  }
  const ifNoneMatch = headers.get("If-None-Match");
  if (ifNoneMatch !== null) return matchesEtag(ifNoneMatch, httpEtag) ? "not-modified" : "go-on";
  // What cannot be read as a date says nothing (13.1.3), and compares as false.
  return uploadedS <= seconds(headers.get("If-Modified-Since"), uploaded) ? "not-modified" : "go-on";
}

/**
 * Whether a range may be taken out of this version (RFC 9110, 13.1.5): there is no `If-Range`, or it names this version
 * strongly. A date never does, for two versions may be of one second.
 */
export function allowsRange(ifRange: string | null, { httpEtag }: Version): boolean {
  return ifRange === null || ifRange.trim() === httpEtag;
}

/** Compares strongly (RFC 9110, 8.8.3.2): a weak tag matches nothing. */
function matchesStrongly(field: string, httpEtag: string): boolean {
  if (field.trim() === "*") return true;
  const strong = field.replaceAll(/W\/"[^"]*"/g, "");
  return matchesEtag(strong, httpEtag);
}

/** @returns `NaN` for no date, with which nothing compares. */
function seconds(field: string | null, now: Date): number {
  return field === null ? Number.NaN : Math.floor(parseHttpDate(field.trim(), now.getTime()) / 1_000);
}
