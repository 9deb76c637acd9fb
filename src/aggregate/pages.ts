import { type CancelSignal, type Page, paginate, RepeatedCursorError } from "#kernel";
import { nextLink } from "../http/link-header.ts";
import type { Call, PagesDefinition } from "./definition.ts";
import type { Document } from "./document.ts";
import { CallError, useOn } from "./failure.ts";
import { type BranchRun, getOne, makeTarget } from "./get-one.ts";
import { checkSchema } from "./schema.ts";
import type { Target } from "./target.ts";

/**
 * Gets the items of all pages up to the cap, fetching one page ahead where the order is known.
 *
 * @throws {CallError} When a page fails, or a cursor comes again.
 */
export async function getPages(
  run: BranchRun,
  pages: PagesDefinition,
  call: Call,
  signal: CancelSignal,
): Promise<unknown[]> {
  const items: unknown[] = [];
  try {
    for await (const page of walk(run, pages, call, signal)) {
      for (const item of page) items.push(item); // one by one: as arguments, a long page would not fit the stack
    }
  } catch (error) {
    if (!(error instanceof RepeatedCursorError)) throw error;
    throw new CallError({ kind: "invalid", reason: "a page's cursor was given twice" }, { cause: error });
  }
  return items;
}

function walk(run: BranchRun, pages: PagesDefinition, call: Call, signal: CancelSignal) {
  const { by, size, maxPages, cursorField } = pages;
  if (by === "number") {
    const fetchPage = async (page: number, inner: CancelSignal) =>
      await toPage(run, pages, await getOne(run, { ...call, page }, inner));
    return paginate(fetchPage, { by: "number", size, maxPages, prefetch: true, signal });
  }
  const { source } = run.branch;
  const first = makeTarget(source, call);
  const targetOf = (next: string) =>
    by === "link" ? onlyHome(next, source.upstream.origin) : withField(first, cursorField, next);
  const fetchPage = async (next: string | undefined, inner: CancelSignal) => {
    const target = next === undefined ? first : targetOf(next);
    const there = { ...run.branch, source: { ...source, target: () => target } };
    return await toPage(run, pages, await getOne({ ...run, branch: there }, call, inner), target);
  };
  return paginate(fetchPage, { by: "next", maxPages, signal });
}

/** A link's target, if it stays at the upstream: what is meant for it goes nowhere else. */
function onlyHome(link: string, origin: string): Target {
  const url = new URL(link);
  if (url.origin === origin) return { pathAndQuery: url.pathname + url.search };
  throw new CallError({ kind: "redirect", reason: "linked its next page at another origin" });
}

async function toPage(
  { branch }: BranchRun,
  { by, items, next }: PagesDefinition,
  { body, fields }: Document,
  target?: Target,
): Promise<Page<unknown>> {
  const page = branch.schema === undefined ? body : await checkSchema(branch.schema, body);
  const list = items === undefined ? page : useOn("items", () => items(page));
  if (!Array.isArray(list)) throw new CallError({ kind: "invalid", reason: "a page is not a list of items" });
  const { origin } = branch.source.upstream;
  if (by === "link")
    return { items: list, next: nextLink(fields.link, `${origin}${target?.pathAndQuery ?? "/"}`) };
  return { items: list, next: by === "cursor" ? useOn("next", () => next?.(page)) : undefined };
}

function withField({ pathAndQuery }: Target, field: string, value: string): Target {
  const url = new URL(pathAndQuery, "http://upstream");
  url.searchParams.set(field, value);
  return { pathAndQuery: url.pathname + url.search };
}
