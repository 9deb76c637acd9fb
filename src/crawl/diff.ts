import type { Settled } from "./frontier-store.ts";
import type { PageRecord } from "./wire.ts";

/** What can have become of a page since an earlier crawl. */
export const CHANGES = ["added", "changed", "unchanged", "removed", "broken"] as const;

/** One of them. */
type Change = (typeof CHANGES)[number];

/** How a URL ended in a crawl. */
export interface Outcome {
  readonly key: string;
  readonly url: string;
  readonly end: Settled["kind"];
  readonly page: PageRecord | undefined;
}

/** A difference between two crawls, or that there is none. */
export interface Difference {
  readonly url: string;
  readonly change: Change;
  /** What a page is answered with that is broken; without an answer, none. */
  readonly status?: number;
}

/** Outcomes of one crawl in the order of their keys: those after a key. */
type Outcomes = (after: string) => Promise<readonly Outcome[]>;

/**
 * Compares two crawls, in the order of keys; of each no more than a part is in memory.
 *
 * @param later As far as it has come: what is not in it is `removed` only if it `isComplete`.
 */
export async function* compareCrawls(
  earlier: Outcomes,
  later: Outcomes,
  { isComplete }: { readonly isComplete: boolean },
): AsyncGenerator<Difference> {
  const [before, after] = [allOf(earlier), allOf(later)];
  let [old, now] = [await take(before), await take(after)];
  while (old !== undefined || now !== undefined) {
    const isOld = old !== undefined && (now === undefined || old.key <= now.key);
    const isNow = now !== undefined && (old === undefined || now.key <= old.key);
    const change = changeOf(isOld ? old : undefined, isNow ? now : undefined);
    const one = isNow ? now : old;
    if (one !== undefined && change !== undefined && (isComplete || change !== "removed")) {
      const status = change === "broken" ? one.page?.status : undefined;
      yield { url: one.url, change, ...(status !== undefined && { status }) };
    }
    if (isOld) old = await take(before);
    if (isNow) now = await take(after);
  }
}

/**
 * `removed` is what nothing leads to any more; what is still led to and is not there is `broken`. Of what is not asked
 * for as a page, such as what robots.txt has closed meanwhile, nothing is known.
 */
function changeOf(old: Outcome | undefined, now: Outcome | undefined): Change | undefined {
  if (now === undefined) return isFine(old) ? "removed" : undefined;
  if (now.end === "redirect") return isFine(old) ? "changed" : undefined;
  if (now.end === "kept-out" || now.end === "sitemap") return undefined;
  if (!isFine(now)) return "broken";
  if (!isFine(old)) return "added";
  return isSame(old, now) ? "unchanged" : "changed";
}

function isFine(outcome: Outcome | undefined): outcome is Outcome & { readonly page: PageRecord } {
  return outcome?.page !== undefined && outcome.page.status < 400;
}

/** By the hash of what was read; what was not read, by what its server says of it. */
function isSame(
  { page: old }: { readonly page: PageRecord },
  { page: now }: { readonly page: PageRecord },
): boolean {
  if (now.note === "not-modified") return true;
  if (old.hash !== undefined && now.hash !== undefined) return old.hash === now.hash;
  return old.type === now.type && old.etag === now.etag && old.modified === now.modified;
}

async function* allOf(outcomes: Outcomes): AsyncGenerator<Outcome> {
  for (let rows = await outcomes(""); rows.length > 0; rows = await outcomes(rows.at(-1)?.key ?? ""))
    yield* rows;
}

async function take(all: AsyncGenerator<Outcome>): Promise<Outcome | undefined> {
  const { done, value } = await all.next();
  return done === true ? undefined : value;
}
