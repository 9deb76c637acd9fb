import { type CancelSignal, TimeoutError, toAbortSignal, withTimeout } from "#kernel";
import { askedPauseMs } from "./asked-pause.ts";
import { decodePage } from "./charset.ts";
import { sitemapResult } from "./fetch-sitemap.ts";
import { captureOf } from "./capture.ts";
import type { FetchContext } from "./fetch-context.ts";
import { absolute, type Judge } from "./judge.ts";
import { readPage } from "./links.ts";
import type { CrawlSettings } from "./plan.ts";
import { readBody } from "./read-body.ts";
import { tagForbidsFollowing } from "./robots-tag.ts";
import type { BatchUrl, EarlierPage, Found, PageNote, PageRecord, Result } from "./wire.ts";
import { fromWorld, letGo, WorldFault } from "./world-fault.ts";

const HTML = /^(?:text\/html|application\/xhtml\+xml)$/;
/** What is not coded any more when it gets here: others, and other spellings of these, workerd (seen in 1.20261023) leaves. */
const READ_CODINGS = new Set(["", "identity", "gzip", "br"]);

/** Whether a body is not coded any more when it gets here. */
export function isReadable(headers: Headers): boolean {
  return READ_CODINGS.has(headers.get("Content-Encoding") ?? "");
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Fetches one URL, and follows no redirect. Never rejects but for `signal`. */
export async function fetchPage(
  { id, url }: BatchUrl,
  context: FetchContext,
  signal?: CancelSignal,
): Promise<Result> {
  const { clock, settings } = context;
  const startMs = clock.now();
  const times = { startedMs: context.epochMs(), elapsedMs: () => clock.now() - startMs };
  try {
    return await withTimeout(
      async (inner) => {
        const init = request(settings, inner, conditions(context.earlier?.(id)));
        const response = await fromWorld(async () => await context.fetch(url, init));
        return await resultOf(id, new URL(url), response, times, context);
      },
      settings.timeoutMs,
      { signal, clock },
    );
  } catch (error) {
    signal?.throwIfAborted();
    const reason = faultOf(error);
    if (reason !== undefined) return { id, kind: "retry", reason };
    // It would be the same another time.
    context.noteFailure(
      "crawl-page-failed",
      new Error(`Expected to make something of ${url}`, { cause: error }),
    );
    return { id, kind: "failed", reason: "crawler-fault" };
  }
}

/** What kept a host from answering; `undefined` for what is no fault of the world. */
export function faultOf(error: unknown): "timeout" | "connection-failed" | undefined {
  if (error instanceof TimeoutError) return "timeout";
  return error instanceof WorldFault ? "connection-failed" : undefined;
}

/** A request as this crawler makes it. */
export function request(
  { userAgent }: Pick<CrawlSettings, "userAgent">,
  signal: CancelSignal,
  more: Readonly<Record<string, string>> = {},
): RequestInit {
  const headers = {
    ...more,
    "User-Agent": userAgent,
    Accept: "text/html,application/xhtml+xml,text/plain;q=0.5,*/*;q=0.1",
  };
  return { headers, redirect: "manual", signal: toAbortSignal(signal) };
}

/** Asks for a page only if it is not what an earlier crawl saw (RFC 9110, 13.1). */
function conditions(earlier: EarlierPage | undefined): Readonly<Record<string, string>> {
  const { etag, modified } = earlier?.page ?? {};
  return {
    ...(etag !== undefined && { "If-None-Match": etag }),
    ...(modified !== undefined && { "If-Modified-Since": modified }),
  };
}

async function resultOf(
  id: number,
  url: URL,
  answer: Response,
  { startedMs, elapsedMs }: { readonly startedMs: number; readonly elapsedMs: () => number },
  context: FetchContext,
): Promise<Result> {
  const { status, headers } = answer;
  const location = headers.get("Location");
  if (REDIRECTS.has(status) && location !== null) {
    await letGo(answer);
    const { sitemaps } = context;
    const judge = sitemaps?.isOnlyFile(url) === true ? sitemaps.judgeFile : context.judge;
    const verdict = judge(location, url);
    return {
      id,
      kind: "redirect",
      status,
      ms: elapsedMs(),
      to: absolute(location, url),
      ...(verdict.isIn && { target: verdict.found }),
    };
  }
  const type = (headers.get("Content-Type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const response = await sitemapResult(id, url, type, answer, context);
  if (!(response instanceof Response)) return response;
  const earlier = context.earlier?.(id);
  if (status === 304 && earlier !== undefined) {
    const { page, targets } = earlier;
    const found = follow(
      targets.map((target) => ({ url: target })),
      context.judge,
    );
    const now = { status, ms: elapsedMs(), startedMs, note: "not-modified" as const };
    return { id, kind: "page", page: { ...page, ...now }, found };
  }
  const record = (more: Partial<PageRecord> & { readonly note?: PageNote | undefined }): PageRecord => ({
    status,
    type,
    bytes: 0,
    ms: elapsedMs(),
    startedMs,
    etag: headers.get("ETag") ?? undefined,
    modified: headers.get("Last-Modified") ?? undefined,
    links: 0,
    ...more,
  });
  const isDecoded = isReadable(headers);
  const isRead = response.ok && isDecoded && context.settings.types.includes(type);
  if (!isRead && context.keep === undefined) await letGo(response);
  const body =
    isRead || context.keep !== undefined ? await readBody(response, context.settings.maxBytes) : undefined;
  const hash = body && (await context.hash(body.bytes));
  if (context.keep !== undefined && body !== undefined && hash !== undefined)
    await context.keep(
      captureOf({ id, url, type, response, body, isDecoded, hash, atMs: context.epochMs() }),
    );
  if (!isRead || body === undefined) {
    const kept = body && !body.isCut && { bytes: body.bytes.byteLength, hash };
    const reason = isDecoded ? "type-not-read" : "coding-not-read";
    const page = record({ ...kept, note: response.ok ? reason : "error-status" });
    if (status !== 429 && status < 500) return { id, kind: "page", page, found: [] };
    const afterMs = askedPauseMs(response, context.epochMs());
    return { id, kind: "retry", reason: `status-${status}`, afterMs, page };
  }
  const { bytes, isCut } = body;
  const common = { bytes: bytes.byteLength, ms: elapsedMs() };
  if (isCut) return { id, kind: "page", page: record({ ...common, note: "body-too-large" }), found: [] };
  if (!HTML.test(type)) return { id, kind: "page", page: record({ ...common, hash }), found: [] };
  const { text, encoding } = decodePage(bytes, headers.get("Content-Type") ?? "");
  const content = readPage(text, { url: url.href, encoding, ...context.settings });
  const isClosed =
    content.noFollow || tagForbidsFollowing(headers.get("X-Robots-Tag"), context.settings.agent);
  const more = content.hasMore ? "more-links-than-kept" : undefined;
  const page = record({
    ...common,
    hash,
    title: content.title,
    links: content.links.length,
    note: isClosed ? "nofollow" : more,
  });
  return { id, kind: "page", page, found: isClosed ? [] : follow(content.links, context.judge) };
}

function follow(
  links: readonly { readonly url: string; readonly noFollow?: true }[],
  judge: Judge,
): readonly Found[] {
  const found = new Map<string, Found>();
  for (const { url, noFollow } of links) {
    if (noFollow === true) continue;
    const verdict = judge(url);
    if (verdict.isIn && !found.has(verdict.found.key)) found.set(verdict.found.key, verdict.found);
  }
  return [...found.values()];
}
