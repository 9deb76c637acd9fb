import type { Crawl, CrawlPage } from "./answers.ts";

/** So many of the latest pages are shown, and so many moments drawn. */
export const MOST_PAGES = 100;
const MOST_MOMENTS = 120;

/** How far a crawl was at a moment. */
export interface Moment {
  readonly atMs: number;
  readonly pages: number;
}

/** What the page knows of a crawl. */
export interface Survey {
  readonly id: string;
  readonly crawl?: Crawl;
  /** The latest first. */
  readonly latest: readonly CrawlPage[];
  /** What has been read of the list of pages. */
  readonly cursor?: string;
  readonly moments: readonly Moment[];
}

/** Begins with nothing. */
export function beginSurvey(id: string): Survey {
  return { id, latest: [], moments: [] };
}

/** Takes note of how it stands now. */
export function withCrawl(survey: Survey, crawl: Crawl, atMs: number): Survey {
  const moments = [...survey.moments, { atMs, pages: crawl.counts.pages }].slice(-MOST_MOMENTS);
  return { ...survey, crawl, moments };
}

/** Takes pages that came after those it has. */
export function withPages(survey: Survey, items: readonly CrawlPage[], cursor: string | undefined): Survey {
  const latest = [...items.toReversed(), ...survey.latest].slice(0, MOST_PAGES);
  return { ...survey, latest, ...(cursor !== undefined && { cursor }) };
}

/** Pages a second from each moment to the next. */
export function ratesOf(moments: readonly Moment[]): readonly number[] {
  return moments.slice(1).map(({ atMs, pages }, index) => {
    const before = moments[index];
    if (before === undefined || atMs <= before.atMs) return 0;
    return ((pages - before.pages) * 1_000) / (atMs - before.atMs);
  });
}
