import { describe, expect, it } from "vitest";
import { streamRows } from "../../src/crawl/stream-rows.ts";

/** Ten parts of three rows. */
function source() {
  const asked: number[] = [];
  const part = (after: number) => (after >= 30 ? [] : [after + 1, after + 2, after + 3]);
  const stream = streamRows({
    first: part(0),
    next: async (last) => {
      asked.push(last);
      return await Promise.resolve(part(last));
    },
    write: (row) => `${row} `,
    head: "rows: ",
  });
  return { asked, stream };
}

describe("streamRows", () => {
  it("sends all rows behind their head", async () => {
    const all = Array.from({ length: 30 }, (_, index) => `${index + 1} `).join("");
    expect(await new Response(source().stream).text()).toBe(`rows: ${all}`);
  });

  it("asks for no more than is read", async () => {
    const { asked, stream } = source();
    const reader = stream.getReader();
    await Promise.resolve();
    expect(asked).toEqual([]);
    await reader.read();
    await reader.read();
    await Promise.resolve();
    expect(asked).toEqual([3]);
    await reader.cancel();
    expect(asked).toEqual([3]);
  });

  it("sends a head alone where there are no rows", async () => {
    const stream = streamRows({
      first: [],
      next: async () => await Promise.resolve([]),
      write: String,
      head: "h",
    });
    expect(await new Response(stream).text()).toBe("h");
  });
});
