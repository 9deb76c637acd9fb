import { CancelledError, type CancelSignal, linkAbort } from "./cancel.ts";
import { expectInteger } from "./expect.ts";
import { abortAll, Failures } from "./failures.ts";

/** One page. `next` says where the next one is: a cursor, or the URL of a `Link: rel="next"`; absent at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

interface PaginateOptions {
  /** Stop after this many pages. */
  readonly maxPages: number;
  /** Fetch the next page while the consumer works on this one. */
  readonly prefetch?: boolean | undefined;
  readonly signal?: CancelSignal | undefined;
}

/** Pages by number: `first`, `first + 1`, …; a page of fewer than `size` items is the last. */
export interface ByNumber extends PaginateOptions {
  readonly by: "number";
  readonly size: number;
  readonly first?: number | undefined;
}

/** Pages by what the last one named as `next`: a cursor or a link. A page that names none is the last. */
export interface ByNext extends PaginateOptions {
  readonly by: "next";
}

/** An upstream named as next page one that was read before: following it would never end. */
export class RepeatedCursorError extends Error {
  override readonly name = "RepeatedCursorError";
  readonly cursor: string;

  constructor(cursor: string) {
    super(`The cursor ${JSON.stringify(cursor)} was given twice: following it would not end`);
    this.cursor = cursor;
  }
}

/** Why a list ended: its last page was read, or the cap was reached with more to come. */
export type PagesEnd = "complete" | "capped";

/**
 * Reads a list page by page, yielding each page's items. Leaving the loop aborts a prefetch and waits for it.
 *
 * @param fetchPage Fetches one page: by its number, or by the `next` of the one before (`undefined` for the first).
 * @returns Through the generator's return value, why it ended.
 * @throws {RepeatedCursorError} When a cursor comes again. What `fetchPage` throws, after the pages before it.
 */
export function paginate<T>(
  fetchPage: (number: number, signal: CancelSignal) => Promise<Page<T>>,
  options: ByNumber,
): AsyncGenerator<readonly T[], PagesEnd, void>;
export function paginate<T>(
  fetchPage: (next: string | undefined, signal: CancelSignal) => Promise<Page<T>>,
  options: ByNext,
): AsyncGenerator<readonly T[], PagesEnd, void>;
export function paginate<T>(
  fetchPage: (position: never, signal: CancelSignal) => Promise<Page<T>>,
  options: ByNumber | ByNext,
): AsyncGenerator<readonly T[], PagesEnd, void> {
  expectInteger("maxPages", options.maxPages, 1);
  // The overloads tie the position to the style that produces it.
  const fetchAt = fetchPage as (position: unknown, signal: CancelSignal) => Promise<Page<T>>;
  if (options.by === "next") return run(fetchAt, undefined, followNext(), options);
  const { size, first = 1 } = options;
  expectInteger("size", size, 1);
  expectInteger("first", first, 0);
  return run(fetchAt, first, (page, number) => (page.items.length < size ? undefined : number + 1), options);
}

/** Where the next page is; `undefined` after the last. */
type Step<P> = (page: Page<unknown>, position: P) => P | undefined;

function followNext(): Step<string | undefined> {
  const seen = new Set<string>();
  return ({ next }) => {
    if (next === undefined) return undefined;
    if (seen.has(next)) throw new RepeatedCursorError(next);
    seen.add(next);
    return next;
  };
}

async function* run<T, P>(
  fetchPage: (position: P, signal: CancelSignal) => Promise<Page<T>>,
  first: P,
  step: Step<P>,
  { maxPages, prefetch = false, signal }: PaginateOptions,
): AsyncGenerator<readonly T[], PagesEnd, void> {
  signal?.throwIfAborted();
  using abort = linkAbort(signal);
  const failures = new Failures();
  // What it throws before it has a promise has its turn like any other failure.
  const fetchAt = async (position: P) => await fetchPage(position, abort.signal);
  let pending: Promise<Page<T>> | undefined;
  try {
    let position = first;
    for (let count = 1; ; count += 1) {
      const page = await (pending ?? fetchAt(position));
      pending = undefined;
      // A cursor that repeats is reported after the page that carries it.
      const next = attempt(() => step(page, position));
      const more = next.ok && next.value !== undefined;
      if (more && prefetch && count < maxPages) {
        pending = fetchAt(next.value as P);
        pending.catch(() => undefined); // the next turn of the loop awaits it
      }
      yield page.items;
      abort.signal.throwIfAborted();
      if (!next.ok) throw next.error;
      if (next.value === undefined) return "complete";
      if (count === maxPages) return "capped";
      position = next.value;
    }
  } catch (error) {
    failures.add(error);
    throw error;
  } finally {
    abortAll(abort, new CancelledError("The loop was left"), failures);
    await pending?.catch(() => undefined); // a page that nobody will read
    failures.throwIfAny();
  }
}

function attempt<T>(work: () => T): { ok: true; value: T } | { ok: false; error: unknown } {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}
