import { canonicalKey } from "./canonical.ts";
import { placeOfTarget, RANKS_A_PAGE, rankOfRedirect } from "./redirect-place.ts";
import { NOTHING } from "./frontier-state.ts";
import type { Counts, Discovery, LeasedUrl, Settled } from "./frontier-store.ts";
import type { Found, PageRecord, Report, Result } from "./wire.ts";

/** The longest chain of redirects, or of sitemaps that list each other, that is followed. */
const MAX_HOPS = 10;

/** What a report is judged by. */
interface ReportContext {
  readonly level: number;
  readonly maxDepth: number;
  readonly attempts: number;
  readonly maxCopies: number;
  /** How many pages are known that have the same content, by its hash. */
  readonly copies: (hashes: readonly string[]) => ReadonlyMap<string, number>;
}

/** What has to be done for a report. */
interface ReportOutcome {
  readonly settled: { readonly id: number; readonly settled: Settled }[];
  readonly counts: Partial<Counts>;
  readonly discoveries: readonly Discovery[];
  readonly retries: {
    readonly url: LeasedUrl;
    readonly failures: number;
    readonly afterMs: number | undefined;
  }[];
  /** That are to be fetched by another spelling of the same key: their own redirect says so. */
  readonly readdressed: { readonly url: LeasedUrl; readonly to: string }[];
  /** Of which nothing was tried. */
  readonly returned: LeasedUrl[];
  readonly holds: { readonly host: string; readonly afterMs: number }[];
}

/** Decides what becomes of each URL of a batch. What a report says of others is ignored. */
export function settleReport(
  report: Report,
  urls: readonly LeasedUrl[],
  context: ReportContext,
): ReportOutcome {
  const results = new Map(report.results.map((result) => [result.id, result]));
  const hashes = report.results.flatMap((result) => (result.kind === "page" ? (result.page.hash ?? []) : []));
  const copies = new Map(hashes.length === 0 ? [] : context.copies(hashes));
  const settled: ReportOutcome["settled"] = [];
  const retries: ReportOutcome["retries"] = [];
  const readdressed: ReportOutcome["readdressed"] = [];
  const returned: LeasedUrl[] = [];
  const holds: ReportOutcome["holds"] = [];
  const pages: Discovery[] = [];
  const redirected: Discovery[] = [];
  const counts: { -readonly [Name in keyof Counts]: number } = { ...NOTHING, robots: report.robots };

  const settlePage = (id: number, page: PageRecord) => {
    settled.push({ id, settled: { kind: "page", page } });
    counts.pages += 1;
    counts.links += page.links;
    counts.bytes += page.bytes;
  };
  const fail = (id: number, reason: string) => {
    settled.push({ id, settled: { kind: "failed", reason } });
    counts.failed += 1;
  };

  for (const url of urls) {
    const result: Result | undefined = results.get(url.id);
    switch (result?.kind) {
      case undefined:
        returned.push(url);
        break;
      case "deferred":
        returned.push(url);
        holds.push({ host: url.host, afterMs: result.afterMs });
        break;
      case "page": {
        const others = copies.get(result.page.hash ?? "") ?? 0;
        copies.set(result.page.hash ?? "", others + 1);
        const isTrap =
          result.page.hash !== undefined && result.found.length > 0 && others >= context.maxCopies;
        settlePage(url.id, isTrap ? { ...result.page, note: "repeated-content" } : result.page);
        if (!isTrap && context.level < context.maxDepth)
          pages.push(...linked(url, result.found, context.level + 1));
        break;
      }
      case "redirect": {
        const { status, ms, to, target } = result;
        if (url.hops >= MAX_HOPS) fail(url.id, "too-many-redirects");
        else if (target !== undefined && isSpelling(target, url)) {
          readdressed.push({ url, to: target.url });
          counts.retries += 1;
        } else {
          settled.push({ id: url.id, settled: { kind: "redirect", status, ms, to } });
          counts.redirects += 1;
          if (target !== undefined) redirected.push(...moved(url, target, context.level));
        }
        break;
      }
      case "sitemap":
        if (url.hops >= MAX_HOPS) {
          fail(url.id, "too-many-sitemaps");
          break;
        }
        settled.push({ id: url.id, settled: { kind: "sitemap" } });
        counts.sitemaps += 1;
        redirected.push(...listed(url, result.found, context.level));
        break;
      case "retry":
        if (url.tries + 1 < context.attempts) {
          retries.push({ url, failures: url.tries + 1, afterMs: result.afterMs });
          counts.retries += 1;
        } else if (result.page === undefined) fail(url.id, result.reason);
        else settlePage(url.id, result.page);
        break;
      case "failed":
        fail(url.id, result.reason);
        break;
      case "kept-out":
        settled.push({ id: url.id, settled: { kind: "kept-out", reason: result.reason } });
        counts.keptOut += 1;
        break;
    }
  }
  return { settled, counts, discoveries: [...redirected, ...pages], retries, readdressed, returned, holds };
}

/** Whether a redirect leads to what has the same key, such as the same without a tracking parameter. */
function isSpelling(target: Found, { url }: LeasedUrl): boolean {
  return target.url !== url && target.key === canonicalKey(new URL(url));
}

function linked({ id, place }: LeasedUrl, found: readonly Found[], level: number): readonly Discovery[] {
  return found.map((one, index) => ({
    ...one,
    level,
    rank: place * RANKS_A_PAGE + index,
    parent: id,
    hops: 0,
  }));
}

/** What a sitemap lists is as deep as the sitemap, and comes in its place. */
function listed(url: LeasedUrl, found: readonly Found[], level: number): readonly Discovery[] {
  return linked(url, found, level).map((one) => ({ ...one, place: url.place, hops: url.hops + 1 }));
}

/** Where a redirect leads is as deep as what led there. */
function moved({ id, place, hops }: LeasedUrl, target: Found, level: number): readonly Discovery[] {
  const own = { level, rank: rankOfRedirect(place), place: placeOfTarget(target.key) };
  return [{ ...target, ...own, parent: id, hops: hops + 1 }];
}
