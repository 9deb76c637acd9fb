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
export function weighConditions(headers: Headers, version: Version): ConditionVerdict {
  const { httpEtag, uploaded } = version;
  if (!isAsDemanded(headers, version)) return "precondition-failed";
  const ifNoneMatch = headers.get("If-None-Match");
  if (ifNoneMatch !== null) return matchesEtag(ifNoneMatch, httpEtag) ? "not-modified" : "go-on";
  // What cannot be read as a date says nothing (13.1.3), and compares as false.
  return inSeconds(uploaded) <= seconds(headers.get("If-Modified-Since"), uploaded)
    ? "not-modified"
    : "go-on";
}

/** Whether this version may be deleted: what would be a 304 to a reader is a 412 here (RFC 9110, 13.2.2). */
export function allowsDelete(headers: Headers, version: Version): boolean {
  return isAsDemanded(headers, version) && !matchesEtag(headers.get("If-None-Match"), version.httpEtag);
}

/** `If-Match`, or else `If-Unmodified-Since`: the first steps of RFC 9110, 13.2.2. */
function isAsDemanded(headers: Headers, { httpEtag, uploaded }: Version): boolean {
  const ifMatch = headers.get("If-Match");
  if (ifMatch !== null) return matchesStrongly(ifMatch, httpEtag);
  return !(inSeconds(uploaded) > seconds(headers.get("If-Unmodified-Since"), uploaded));
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

/** A date as HTTP has it. */
const inSeconds = (date: Date) => Math.floor(date.getTime() / 1_000);

/** @returns `NaN` for no date, with which nothing compares. */
function seconds(field: string | null, now: Date): number {
  return field === null ? Number.NaN : inSeconds(new Date(parseHttpDate(field.trim(), now.getTime())));
}
