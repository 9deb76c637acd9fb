import { askedPauseMs } from "./asked-pause.ts";
import type { FetchContext } from "./fetch-page.ts";
import type { Judge } from "./judge.ts";
import { readBody } from "./read-body.ts";
import { MAX_ROBOTS_BYTES, sitemapsIn } from "./robots.ts";
import { readSitemap } from "./sitemap.ts";
import type { Found, Result } from "./wire.ts";

const XML = /[/+]xml$|gzip$/;
const XML_NAME = /\.xml(?:\.gz)?$/i;

/**
 * Makes of an answer what it lists, if it is a sitemap or tells of some.
 *
 * @returns `undefined` for what may be a page; its body may have been read.
 */
export async function sitemapResult(
  id: number,
  url: URL,
  type: string,
  response: Response,
  { judge, sitemaps, epochMs }: Pick<FetchContext, "judge" | "sitemaps" | "epochMs">,
): Promise<Result | undefined> {
  const { status, body } = response;
  if (sitemaps === undefined) return undefined;
  const isOnlyFile = sitemaps.isOnlyFile(url);
  const mayPass = status === 429 || status >= 500;
  if (response.ok && body !== null && isOnlyFile && url.pathname === "/robots.txt") {
    const { bytes } = await readBody(response, MAX_ROBOTS_BYTES);
    return {
      id,
      kind: "sitemap",
      found: judged(sitemapsIn(new TextDecoder().decode(bytes)), url, sitemaps.judgeFile),
    };
  }
  if (
    response.ok &&
    body !== null &&
    (XML.test(type) || XML_NAME.test(url.pathname)) &&
    !type.endsWith("xhtml+xml")
  ) {
    const sitemap = await readSitemap(body);
    if (sitemap !== undefined) {
      const rule = sitemap.lists === "pages" ? judge : sitemaps.judgeFile;
      return { id, kind: "sitemap", found: judged(sitemap.urls, url, rule) };
    }
  }
  if (!isOnlyFile) return undefined;
  await body?.cancel();
  return mayPass
    ? { id, kind: "retry", reason: `status-${status}`, afterMs: askedPauseMs(response, epochMs()) }
    : { id, kind: "kept-out", reason: "no-sitemap" };
}

function judged(urls: readonly string[], base: URL, judge: Judge): readonly Found[] {
  const found = new Map<string, Found>();
  for (const url of urls) {
    const verdict = judge(url, base);
    if (verdict.isIn && !found.has(verdict.found.key)) found.set(verdict.found.key, verdict.found);
  }
  return [...found.values()];
}
