import type { GuardPolicy } from "../http/address-guard.ts";
import { createJudge, type Judge } from "./judge.ts";
import type { CrawlPlan } from "./plan.ts";
import type { Found } from "./wire.ts";

/** Where sitemaps may be, for a crawl that reads them. */
export interface SitemapRules {
  /** Judges where a sitemap is: on a host of a start URL, or where pages may be. */
  readonly judgeFile: Judge;
  /** Whether a URL is asked for as a sitemap alone, and is no page whatever it answers. */
  readonly isOnlyFile: (url: URL) => boolean;
}

/** Where a host's sitemaps are told of, and where one is when nothing tells. */
const GUESSES = ["/robots.txt", "/sitemap.xml"] as const;

/** Makes the rules for a crawl; none where it reads no sitemaps. */
export function sitemapRules(
  plan: Pick<CrawlPlan, "scope" | "startUrls" | "sitemaps">,
  policy: GuardPolicy,
): SitemapRules | undefined {
  if (plan.sitemaps !== true) return undefined;
  const judgePage = createJudge(plan, policy);
  const judgeHost = createJudge({ scope: "host", startUrls: plan.startUrls }, policy);
  const guesses = new Set(
    plan.startUrls.flatMap((start) => GUESSES.map((path) => new URL(path, start).href)),
  );
  return {
    judgeFile: (text, base) => {
      const verdict = judgeHost(text, base);
      return verdict.isIn ? verdict : judgePage(text, base);
    },
    isOnlyFile: ({ href }) => guesses.has(href) || !judgePage(href).isIn,
  };
}

/** What a crawl begins with: its start URLs, and where their hosts may have sitemaps. */
export function seedsOf(
  plan: Pick<CrawlPlan, "scope" | "startUrls" | "sitemaps">,
  policy: GuardPolicy,
): readonly Found[] {
  const judge = createJudge(plan, policy);
  const rules = sitemapRules(plan, policy);
  const guesses = GUESSES.flatMap((path) => plan.startUrls.map((start) => new URL(path, start).href));
  return [
    ...plan.startUrls.map((url) => judge(url)),
    ...(rules === undefined ? [] : guesses.map((url) => rules.judgeFile(url))),
  ].flatMap((verdict) => (verdict.isIn ? [verdict.found] : []));
}
