import { isAnswer, isFinal, type Refusal, type Unreachable } from "../exchange.ts";
import type { Crawl, CrawlPage, Hosts } from "./answers.ts";

/** So many of the latest pages are shown, so many of the first, and so many moments drawn. */
export const MOST_PAGES = 100;
const MOST_FIRST = 300;
const MOST_MOMENTS = 120;

/** How often hosts are counted at most, and for which part of the time: all URLs of the crawl are read for it. */
const HOSTS_EVERY_MS = 5_000;
const HOSTS_SHARE = 0.05;

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
  /** The first pages in the order of fetching, without a gap. */
  readonly first: readonly CrawlPage[];
  readonly hosts?: CountedHosts;
  readonly moments: readonly Moment[];
}

/** What a crawl knew of its hosts when they were counted last, or why that could not be had. */
interface CountedHosts {
  readonly answer: Hosts | Refusal | Unreachable;
  readonly atMs: number;
  readonly tookMs: number;
  /** How the crawl stood. */
  readonly crawl: Crawl;
}

/** Begins with nothing. */
export function beginSurvey(id: string): Survey {
  return { id, latest: [], first: [], moments: [] };
}

/** Takes note of how it stands now. */
export function withCrawl(survey: Survey, crawl: Crawl, atMs: number): Survey {
  const moments = [...survey.moments, { atMs, pages: crawl.counts.pages }].slice(-MOST_MOMENTS);
  return { ...survey, crawl, moments };
}

/** Takes pages that came after those it has. */
export function withPages(survey: Survey, items: readonly CrawlPage[], cursor: string | undefined): Survey {
  const latest = [...items.toReversed(), ...survey.latest].slice(0, MOST_PAGES);
  return withFirst({ ...survey, latest, ...(cursor !== undefined && { cursor }) }, items);
}

/** Takes pages into the first ones, if they go on where those end. */
export function withFirst(survey: Survey, items: readonly CrawlPage[]): Survey {
  const known = survey.first.length;
  const more = items.filter(({ seq }) => seq > known);
  if (more[0]?.seq !== known + 1 || known >= MOST_FIRST) return survey;
  return { ...survey, first: [...survey.first, ...more].slice(0, MOST_FIRST) };
}

/** Whether there are more of the first pages than it has. */
export function lacksFirst({ crawl, first }: Survey): boolean {
  return first.length < Math.min(MOST_FIRST, crawl?.counts.pages ?? 0);
}

/** Whether hosts are to be counted: when something has changed, once it has ended at once, else not too often. */
export function areHostsDue({ crawl, hosts }: Survey, nowMs: number): boolean {
  if (crawl === undefined || hosts === undefined) return crawl !== undefined;
  const { answer, atMs, tookMs } = hosts;
  if (crawl.state !== hosts.crawl.state) return true;
  if (nowMs - atMs < Math.max(HOSTS_EVERY_MS, tookMs / HOSTS_SHARE)) return false;
  if (!isAnswer(answer)) return answer.kind === "unreachable" || !isFinal(answer);
  return JSON.stringify(crawl.counts) !== JSON.stringify(hosts.crawl.counts);
}

/** Pages a second from each moment to the next. */
export function ratesOf(moments: readonly Moment[]): readonly number[] {
  return moments.slice(1).map(({ atMs, pages }, index) => {
    const before = moments[index];
    if (before === undefined || atMs <= before.atMs) return 0;
    return ((pages - before.pages) * 1_000) / (atMs - before.atMs);
  });
}
