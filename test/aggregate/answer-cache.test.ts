import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CachePolicy, checkCachePolicy, createAnswerCache } from "../../src/aggregate/answer-cache.ts";

const forever: CachePolicy = { freshMs: Number.MAX_VALUE };

/** A cache of ample bounds, unless it is given others. */
const cacheOf = <T>({ maxEntries = 100, maxBytes = 8_000 } = {}) =>
  createAnswerCache<T>({ maxEntries, maxBytes });

describe("createAnswerCache", () => {
  it.each<[policy: CachePolicy, ageMs: number, state: string]>([
    [{ freshMs: 100 }, 0, "fresh"],
    [{ freshMs: 100 }, 99, "fresh"],
    [{ freshMs: 100 }, 100, "miss"],
    [{ freshMs: 0 }, 0, "miss"],
    [{ freshMs: 0, staleWhileRevalidateMs: 50 }, 0, "revalidate"],
    [{ freshMs: 100, staleWhileRevalidateMs: 50 }, 99, "fresh"],
    [{ freshMs: 100, staleWhileRevalidateMs: 50 }, 100, "revalidate"],
    [{ freshMs: 100, staleWhileRevalidateMs: 50 }, 149, "revalidate"],
    [{ freshMs: 100, staleWhileRevalidateMs: 50 }, 150, "miss"],
    [{ freshMs: 100, staleIfErrorMs: 50 }, 99, "fresh"],
    [{ freshMs: 100, staleIfErrorMs: 50 }, 149, "stale"],
    [{ freshMs: 100, staleIfErrorMs: 50 }, 150, "miss"],
    [{ freshMs: 100, staleWhileRevalidateMs: 50, staleIfErrorMs: 80 }, 149, "revalidate"],
    [{ freshMs: 100, staleWhileRevalidateMs: 50, staleIfErrorMs: 80 }, 179, "stale"],
    [{ freshMs: 100, staleWhileRevalidateMs: 50, staleIfErrorMs: 80 }, 180, "miss"],
    [{ freshMs: 100, staleWhileRevalidateMs: 80, staleIfErrorMs: 50 }, 179, "revalidate"],
  ])("under %o, an answer of %d ms is %s", (policy, ageMs, state) => {
    const cache = cacheOf<string>();
    cache.store("k", "answer", 6, 1_000);
    expect(cache.lookup("k", policy, 1_000 + ageMs)).toEqual(
      state === "miss" ? { state } : { state, value: "answer", ageMs },
    );
  });

  it("misses what it was never given, and what was deleted", () => {
    const cache = cacheOf<string>();
    cache.store("k", "answer", 6, 0);
    cache.delete("k");
    cache.delete("other");
    expect(cache.lookup("k", forever, 0)).toEqual({ state: "miss" });
    expect({ bytes: cache.bytes, size: cache.size }).toEqual({ bytes: 0, size: 0 });
  });

  it("keeps what is too old for one policy for another", () => {
    const cache = cacheOf<string>();
    cache.store("k", "answer", 6, 0);
    expect(cache.lookup("k", { freshMs: 10 }, 50).state).toBe("miss");
    expect(cache.lookup("k", { freshMs: 100 }, 50).state).toBe("fresh");
  });

  it("puts a new answer in the place of the old one", () => {
    const cache = cacheOf<string>();
    cache.store("k", "old", 30, 0);
    cache.store("k", "new", 40, 1_000);
    expect(cache.lookup("k", forever, 1_000)).toEqual({ state: "fresh", value: "new", ageMs: 0 });
    expect({ bytes: cache.bytes, size: cache.size }).toEqual({ bytes: 40, size: 1 });
  });

  it("makes nothing younger when the clock is set back, and lets it age from there", () => {
    const cache = cacheOf<string>();
    cache.store("k", "answer", 6, 10_000);
    const ageAt = (nowMs: number) => {
      const found = cache.lookup("k", forever, nowMs);
      return found.state === "miss" ? undefined : found.ageMs;
    };
    expect(ageAt(10_040)).toBe(40);
    expect(ageAt(500)).toBe(40);
    expect(ageAt(560)).toBe(100);
  });

  it("takes an answer stored before the clock was set back for new, not for one of the future", () => {
    const cache = cacheOf<string>();
    cache.store("k", "answer", 6, 10_000);
    expect(cache.lookup("k", { freshMs: 100 }, 0)).toEqual({ state: "fresh", value: "answer", ageMs: 0 });
    expect(cache.lookup("k", { freshMs: 100 }, 100).state).toBe("miss");
  });

  it.each([
    [1_000, true],
    [1_001, false],
    [0, true],
    [-1, false],
    [Number.NaN, false],
  ])("of 8,000 bytes, gives one answer of %d a place: %s", (sizeBytes, isKept) => {
    const cache = cacheOf<string>({ maxBytes: 8_000 });
    cache.store("k", "answer", sizeBytes, 0);
    expect(cache.lookup("k", forever, 0).state).toBe(isKept ? "fresh" : "miss");
    expect({ bytes: cache.bytes, size: cache.size }).toEqual(
      isKept ? { bytes: sizeBytes, size: 1 } : { bytes: 0, size: 0 },
    );
  });

  it("drops an answer when a newer one is too large to be kept", () => {
    const cache = cacheOf<string>({ maxBytes: 800 });
    cache.store("k", "old", 10, 0);
    cache.store("k", "new", 101, 0);
    expect(cache.lookup("k", forever, 0)).toEqual({ state: "miss" });
    expect(cache.bytes).toBe(0);
  });

  it("makes room by dropping what was used least recently, no more than it must", () => {
    const cache = cacheOf<string>({ maxBytes: 80 });
    for (const key of "abcdefgh") cache.store(key, key, 10, 0);
    cache.lookup("a", forever, 0);
    cache.store("i", "i", 10, 0);
    const kept = Array.from("abcdefghi").filter((key) => cache.lookup(key, forever, 0).state === "fresh");
    expect(kept.join("")).toBe("acdefghi");
  });

  it("does not count asking for what has expired as using it", () => {
    const cache = cacheOf<string>({ maxBytes: 80 });
    for (const key of "abcdefgh") cache.store(key, key, 10, 0);
    cache.lookup("a", { freshMs: 10 }, 10);
    cache.store("i", "i", 10, 10);
    expect(cache.lookup("a", forever, 10).state).toBe("miss");
  });

  it("hands out the same object every time, which nobody can change", () => {
    const cache = cacheOf<{ list: { name: string }[]; shallow: { deep: string[] } }>();
    const value = { list: [{ name: "a" }], shallow: Object.freeze({ deep: ["a"] }) };
    cache.store("k", value, 10, 0);
    const found = cache.lookup("k", forever, 0);
    if (found.state === "miss") throw new Error("Expected a hit");
    expect(found.value).toBe(value);
    expect(() => found.value.list.push({ name: "b" })).toThrow(TypeError);
    expect(() => Object.assign(found.value.list[0] ?? {}, { name: "b" })).toThrow(TypeError);
    expect(() => found.value.shallow.deep.push("b")).toThrow(TypeError);
  });

  it("freezes what is deep, wide or in a circle", () => {
    const cache = cacheOf<unknown>();
    const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`) as unknown;
    const wide = Array.from({ length: 300_000 }, () => 0);
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [deep, wide, circle, null, undefined, "text"]) {
      cache.store("k", value, 10, 0);
      expect(Object.isFrozen(value)).toBe(true);
    }
  });

  it("has what was used last, as much of it as its bounds allow, for any use", () => {
    const step = fc.record({
      act: fc.constantFrom("store", "store", "store", "lookup", "delete"),
      key: fc.nat({ max: 12 }).map(String),
      sizeBytes: fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 12 })),
    });
    const bounds = fc.record({
      maxEntries: fc.integer({ min: 1, max: 10 }),
      maxBytes: fc.constantFrom(100, 400, 10_000),
    });
    const run = fc.property(bounds, fc.array(step, { maxLength: 80 }), ({ maxEntries, maxBytes }, steps) => {
      const cache = createAnswerCache<number>({ maxEntries, maxBytes });
      /** What is there, the most recently used last. */
      let line: { readonly key: string; readonly value: number; readonly sizeBytes: number }[] = [];
      const bytesOf = (entries: typeof line) => entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      for (const [value, { act, key, sizeBytes }] of steps.entries()) {
        const known = line.filter((entry) => entry.key === key);
        const others = line.filter((entry) => entry.key !== key);
        if (act === "store") {
          cache.store(key, value, sizeBytes, 0);
          line = sizeBytes <= maxBytes / 8 ? [...others, { key, value, sizeBytes }] : others;
        } else if (act === "delete") {
          cache.delete(key);
          line = others;
        } else {
          const found = cache.lookup(key, forever, 0);
          expect(found.state === "miss" ? [] : [found.value]).toEqual(known.map((entry) => entry.value));
          line = [...others, ...known];
        }

        const dropped = line.splice(0, line.length - cache.size);
        expect(cache.bytes).toBe(bytesOf(line));
        expect(cache.bytes).toBeLessThanOrEqual(maxBytes);
        expect(cache.size).toBeLessThanOrEqual(maxEntries);
        const hadToGo = bytesOf(line) + (dropped.at(-1)?.sizeBytes ?? 0) > maxBytes;
        if (dropped.length > 0 && !hadToGo) {
          expect(cache.size).toBeGreaterThanOrEqual(Math.ceil(maxEntries / 2));
        }
      }
    });
    fc.assert(run, { numRuns: 1_000 });
  });

  it.each([
    [{ maxEntries: 0, maxBytes: 1 }, "Expected `maxEntries` to be an integer ≥ 1, got 0"],
    [{ maxEntries: 1, maxBytes: 1.5 }, "Expected `maxBytes` to be an integer ≥ 1, got 1.5"],
  ])("refuses %o", (bounds, message) => {
    expect(() => createAnswerCache(bounds)).toThrow(new RangeError(message));
  });
});

describe("checkCachePolicy", () => {
  it.each<[policy: CachePolicy, faults: string[]]>([
    [{ freshMs: 0 }, []],
    [{ freshMs: 1, staleWhileRevalidateMs: 0, staleIfErrorMs: undefined }, []],
    [{ freshMs: -1 }, ["expected `freshMs` to be a number of milliseconds ≥ 0, got -1"]],
    [
      { freshMs: Number.NaN, staleWhileRevalidateMs: Infinity, staleIfErrorMs: -2 },
      [
        "expected `freshMs` to be a number of milliseconds ≥ 0, got NaN",
        "expected `staleWhileRevalidateMs` to be a number of milliseconds ≥ 0, got Infinity",
        "expected `staleIfErrorMs` to be a number of milliseconds ≥ 0, got -2",
      ],
    ],
  ])("says what is wrong with %o", (policy, faults) => {
    expect(checkCachePolicy(policy)).toEqual(faults);
  });
});
