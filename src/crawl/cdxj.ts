import type { SegmentRecord } from "./segment.ts";

/** A page as the index of an archive has it: where it stands is where that is in the whole archive. */
export interface IndexedRecord extends SegmentRecord {
  readonly surt: string;
}

/**
 * The form of a URL by which indexes of archives are sorted (Sort-friendly URI Reordering Transform): the host turned
 * around, all in lower case, the query sorted, no `www`.
 */
export function surtOf(url: string): string {
  const { hostname, port, pathname, search } = new URL(url.toLowerCase());
  const isName = !/^\[|^[\d.]+$/.test(hostname);
  const host = isName
    ? hostname
        .replace(/^www\d*\./, "")
        .split(".")
        .toReversed()
        .join(",")
    : hostname;
  const query = search === "" ? "" : `?${search.slice(1).split("&").toSorted().join("&")}`;
  return `${host}${port === "" ? "" : `:${port}`})${pathname}${query}`;
}

/** A line of the index in CDXJ. @see https://specs.webrecorder.net/cdxj/0.1.0/ */
export function cdxjLine({ surt, atMs, ...record }: IndexedRecord, filename: string): string {
  const { url, type, status, sha256, length, offset } = record;
  const numbers = { length: String(length), offset: String(offset) };
  const json = { url, mime: type, status: String(status), digest: sha256, ...numbers, filename };
  const timestamp = new Date(atMs).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  return `${surt} ${timestamp} ${JSON.stringify(json)}\n`;
}
