import { describe, expect, it } from "vitest";
import {
  type CancelSignal,
  type Page,
  type PagesEnd,
  paginate,
  RepeatedCursorError,
  sleep,
  VirtualClock,
} from "#kernel";

async function read<T>(pages: AsyncGenerator<readonly T[], PagesEnd, void>) {
  const items: T[] = [];
  for (;;) {
    const page = await pages.next();
    if (page.done === true) return { items, end: page.value };
    items.push(...page.value);
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A list served by page number, which notes what it is asked for. */
function numbered(total: number, size: number) {
  const asked: number[] = [];
  const fetchPage = async (page: number): Promise<Page<number>> => {
    asked.push(page);
    return { items: numbers(total).slice((page - 1) * size, page * size) };
  };
  return { asked, fetchPage };
}

/** A list served by cursor. */
function linked(pages: Record<string, Page<number>>) {
  const asked: (string | undefined)[] = [];
  const fetchPage = async (next: string | undefined): Promise<Page<number>> => {
    asked.push(next);
    return pages[next ?? "start"] ?? { items: [] };
  };
  return { asked, fetchPage };
}

describe("paginate", () => {
  it.each([
    [25, 10, [1, 2, 3]],
    [20, 10, [1, 2, 3]],
    [0, 10, [1]],
    [9, 10, [1]],
  ])("reads %i items in pages of %i until one comes back short", async (total, size, pages) => {
    const { asked, fetchPage } = numbered(total, size);
    const result = await read(paginate(fetchPage, { by: "number", size, maxPages: 100 }));
    expect(result).toEqual({ items: numbers(total), end: "complete" });
    expect(asked).toEqual(pages);
  });

  it("starts at the number it is told", async () => {
    const { asked, fetchPage } = numbered(0, 10);
    await read(paginate(fetchPage, { by: "number", size: 10, first: 7, maxPages: 3 }));
    expect(asked).toEqual([7]);
  });

  it("follows cursors and links until there is none, over empty pages too", async () => {
    const { asked, fetchPage } = linked({
      start: { items: [1], next: "b" },
      b: { items: [], next: "https://list.example/c" },
      "https://list.example/c": { items: [2] },
    });
    const result = await read(paginate(fetchPage, { by: "next", maxPages: 100 }));
    expect(result).toEqual({ items: [1, 2], end: "complete" });
    expect(asked).toEqual([undefined, "b", "https://list.example/c"]);
  });

  it("stops at the cap and says so", async () => {
    const { asked, fetchPage } = numbered(100, 10);
    const { items, end } = await read(paginate(fetchPage, { by: "number", size: 10, maxPages: 2 }));
    expect({ count: items.length, end, asked }).toEqual({ count: 20, end: "capped", asked: [1, 2] });
  });

  it("yields the page, then throws, when a cursor comes again", async () => {
    const { fetchPage } = linked({
      start: { items: [1], next: "b" },
      b: { items: [2], next: "c" },
      c: { items: [3], next: "b" },
    });
    const items: number[] = [];
    const reading = async () => {
      for await (const page of paginate(fetchPage, { by: "next", maxPages: 100 })) items.push(...page);
    };
    const error = await reading().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RepeatedCursorError);
    expect(error).toMatchObject({ cursor: "b" });
    expect(items).toEqual([1, 2, 3]);
  });

  it("fetches one page ahead when asked to, and never past the cap", async () => {
    const clock = new VirtualClock();
    const asked: number[] = [];
    const fetchPage = async (page: number, signal: CancelSignal) => {
      asked.push(page);
      await sleep(10, signal, clock);
      return { items: numbers(10) };
    };
    const reading = async () => {
      const pages = paginate(fetchPage, { by: "number", size: 10, maxPages: 3, prefetch: true });
      for await (const _ of pages) await sleep(10, undefined, clock);
    };
    await clock.run(reading());
    expect({ asked, atMs: clock.now() }).toEqual({ asked: [1, 2, 3], atMs: 40 });
  });

  it("aborts and awaits the page ahead when the loop is left", async () => {
    const clock = new VirtualClock();
    let isOpen = false;
    const fetchPage = async (page: number, signal: CancelSignal) => {
      isOpen = true;
      await sleep(page === 1 ? 0 : 1_000, signal, clock).finally(() => (isOpen = false));
      return { items: [page] };
    };
    const reading = async () => {
      for await (const _ of paginate(fetchPage, { by: "number", size: 1, maxPages: 9, prefetch: true }))
        break;
    };
    await clock.run(reading());
    expect({ isOpen, atMs: clock.now() }).toEqual({ isOpen: false, atMs: 0 });
  });

  it.each<[string, (failure: Error) => Promise<never>]>([
    ["rejects", async (failure) => await Promise.reject(failure)],
    [
      "throws at once",
      (failure) => {
        throw failure;
      },
    ],
  ])("throws what the page ahead %s with in its turn, after the pages before it", async (_, fail) => {
    const failure = new Error("page 2 failed");
    const fetchPage = (page: number) => (page === 2 ? fail(failure) : Promise.resolve({ items: [page] }));
    const items: number[] = [];
    const reading = async () => {
      const pages = paginate(fetchPage, { by: "number", size: 1, maxPages: 9, prefetch: true });
      for await (const page of pages) items.push(...page);
    };
    await expect(reading()).rejects.toBe(failure);
    expect(items).toEqual([1]);
  });

  it("refuses a cap or a size of 0 before anything is fetched", () => {
    const { fetchPage } = numbered(1, 1);
    expect(() => paginate(fetchPage, { by: "number", size: 0, maxPages: 1 })).toThrow(
      "Expected `size` to be an integer ≥ 1, got 0",
    );
    expect(() => paginate(fetchPage, { by: "number", size: 1, maxPages: 0 })).toThrow(
      "Expected `maxPages` to be an integer ≥ 1, got 0",
    );
  });
});
