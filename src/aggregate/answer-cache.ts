import QuickLRU from "quick-lru";

/** How long an answer may be used. */
export interface CachePolicy {
  /** As it is. */
  readonly freshMs: number;
  /** After that, while a newer one is fetched behind it (RFC 5861, 3). */
  readonly staleWhileRevalidateMs?: number | undefined;
  /** After it was fresh, when a newer one cannot be had (RFC 5861, 4). */
  readonly staleIfErrorMs?: number | undefined;
}

/**
 * What the cache has: `fresh`, to be used; `revalidate`, to be used now and refreshed behind; `stale`, only for when
 * the refresh fails.
 */
type Lookup<T> =
  | { readonly state: "fresh" | "revalidate" | "stale"; readonly value: T; readonly ageMs: number }
  | { readonly state: "miss" };

/** Answers by key, in memory. `nowMs` is from a clock of the caller's, always the same one. */
export interface AnswerCache<T> {
  lookup(key: string, policy: CachePolicy, nowMs: number): Lookup<T>;
  /**
   * Keeps an answer in the place of the last one of its key, which goes in any case. What is too large to be kept,
   * more than an eighth of all, would drive out too many others.
   *
   * @param value Plain data. It is frozen in depth, for everyone who looks it up gets this same object.
   * @param sizeBytes What it counts for.
   */
  store(key: string, value: T, sizeBytes: number, nowMs: number): void;
  delete(key: string): void;
  readonly bytes: number;
  readonly size: number;
}

/** The most a cache may hold. */
interface Bounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

interface Entry<T> {
  readonly value: T;
  readonly sizeBytes: number;
  /** Its age when it was last looked at, and when that was. */
  ageMs: number;
  seenMs: number;
}

/** The largest answer that is kept, as a share of all. */
const LARGEST_SHARE = 1 / 8;

/**
 * Makes a cache that drops what was used least recently: one by one when there are too many bytes; when there are too
 * many entries, about the older half of them at once.
 *
 * @throws {RangeError} When a bound is not an integer ≥ 1.
 */
export function createAnswerCache<T>({ maxEntries, maxBytes }: Bounds): AnswerCache<T> {
  for (const [name, value] of Object.entries({ maxEntries, maxBytes })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`Expected \`${name}\` to be an integer ≥ 1, got ${value}`);
    }
  }
  let bytes = 0;
  let size = 0;
  const uncount = (entry: Entry<T>) => {
    bytes -= entry.sizeBytes;
    size -= 1;
  };
  const entries = new QuickLRU<string, Entry<T>>({
    maxSize: Math.ceil(maxEntries / 2), // it holds up to twice as many, less one
    onEviction: (_key, entry) => uncount(entry),
  });
  const remove = (key: string, entry: Entry<T> | undefined) => {
    if (entry !== undefined && entries.delete(key)) uncount(entry);
  };
  /** Puts an entry last in line. Its key must be absent: quick-lru would keep, and later evict, the old one too. */
  const add = (key: string, entry: Entry<T>) => {
    bytes += entry.sizeBytes;
    size += 1;
    entries.set(key, entry);
  };

  return {
    get bytes() {
      return bytes;
    },
    get size() {
      return size;
    },
    lookup(key, policy, nowMs) {
      const entry = entries.peek(key);
      if (entry === undefined) return { state: "miss" };
      const ageMs = grow(entry, nowMs);
      const state = judge(ageMs, policy);
      if (state === "miss") return { state };
      remove(key, entry);
      add(key, entry);
      return { state, value: entry.value, ageMs };
    },
    store(key, value, sizeBytes, nowMs) {
      remove(key, entries.peek(key));
      if (!(sizeBytes >= 0 && sizeBytes <= maxBytes * LARGEST_SHARE)) return;
      freeze(value);
      add(key, { value, sizeBytes, ageMs: 0, seenMs: nowMs });
      for (const [oldest, entry] of entries.entriesAscending()) {
        if (bytes <= maxBytes) break;
        remove(oldest, entry);
      }
    },
    delete(key) {
      remove(key, entries.peek(key));
    },
  };
}

/** What is wrong with a policy, a sentence a fault. */
export function checkCachePolicy(policy: CachePolicy): readonly string[] {
  const { freshMs, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = policy;
  return Object.entries({ freshMs, staleWhileRevalidateMs, staleIfErrorMs })
    .filter(([, value]) => !(Number.isFinite(value) && value >= 0))
    .map(([name, value]) => `expected \`${name}\` to be a number of milliseconds ≥ 0, got ${value}`);
}

/** Fresh while its lifetime is greater than its age (RFC 9111, 4.2); the other bounds are read alike. */
function judge(ageMs: number, policy: CachePolicy): Lookup<unknown>["state"] {
  const { freshMs, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = policy;
  if (ageMs < freshMs) return "fresh";
  if (ageMs < freshMs + staleWhileRevalidateMs) return "revalidate";
  return ageMs < freshMs + staleIfErrorMs ? "stale" : "miss";
}

/** The age of an entry: all the steps forward its clock was seen to make, so that none back makes it younger. */
function grow(entry: Entry<unknown>, nowMs: number): number {
  entry.ageMs += Math.max(0, nowMs - entry.seenMs);
  entry.seenMs = nowMs;
  return entry.ageMs;
}

/** Freezes plain data in depth. Not by recursion: JSON may be nested deeper than the stack. */
function freeze(value: unknown): void {
  const seen = new Set<unknown>();
  const pending = [value];
  while (pending.length > 0) {
    const one = pending.pop();
    if (typeof one !== "object" || one === null || seen.has(one)) continue;
    seen.add(one);
    for (const member of Object.values(Object.freeze(one))) pending.push(member);
  }
}
