import { askedPauseMs } from "./asked-pause.ts";
import type { FetchContext } from "./fetch-context.ts";
import type { Judge } from "./judge.ts";
import { readBody } from "./read-body.ts";
import { MAX_ROBOTS_BYTES, sitemapsIn } from "./robots.ts";
import { rewindable } from "./rewindable.ts";
import { readSitemap } from "./sitemap.ts";
import type { Found, Result } from "./wire.ts";
import { letGo } from "./world-fault.ts";

const XML = /[/+]xml$|gzip$/;
const XML_NAME = /\.xml(?:\.gz)?$/i;

/**
 * Makes of an answer what it lists, if it is a sitemap or tells of some.
 *
 * @returns The answer, with all of its body, for what may be a page.
 */
export async function sitemapResult(
  id: number,
  url: URL,
  type: string,
  response: Response,
  { judge, sitemaps, epochMs, settings }: Pick<FetchContext, "judge" | "sitemaps" | "epochMs" | "settings">,
): Promise<Result | Response> {
  const { status, body } = response;
  if (sitemaps === undefined) return response;
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
  let whole = response;
  if (
    response.ok &&
    body !== null &&
    (XML.test(type) || XML_NAME.test(url.pathname)) &&
    !type.endsWith("xhtml+xml")
  ) {
    const { look, rewind } = rewindable(body, settings.maxBytes);
    const sitemap = await readSitemap(look);
    whole = new Response(rewind(), response);
    if (sitemap !== undefined) {
      await letGo(whole);
      const rule = sitemap.lists === "pages" ? judge : sitemaps.judgeFile;
      return { id, kind: "sitemap", found: judged(sitemap.urls, url, rule) };
    }
  }
  if (!isOnlyFile) return whole;
  await letGo(whole);
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
