import { describe, expect, it } from "vitest";
import { pickLinks } from "../../console/crawls/read-links.ts";

const URLS = ["https://a.example/0", "https://a.example/1", "https://a.example/2"];
const line = (from: string, to: string) => `${JSON.stringify({ from, to })}\n`;

/** A list that comes in pieces, and whether it was left before its end. */
function listOf(pieces: readonly string[]) {
  const list = { isCancelled: false, asked: 0 };
  const stream = new ReadableStream<string>(
    {
      pull(controller) {
        const piece = pieces[list.asked];
        list.asked += 1;
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel() {
        list.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { list, stream };
}

describe("pickLinks", () => {
  const text = [
    line("https://a.example/0", "https://a.example/1"),
    line("https://a.example/0", "https://a.example/0"),
    line("https://a.example/0", "https://b.example/"),
    line("https://a.example/9", "https://a.example/0"),
    line("https://a.example/2", "https://a.example/0"),
  ].join("");

  it("has the links from one of the pages to another, however the list is cut", async () => {
    for (let at = 0; at <= text.length; at += 7) {
      const { stream, list } = listOf([text.slice(0, at), text.slice(at)]);
      expect(await pickLinks(stream, URLS)).toEqual([
        { from: 0, to: 1 },
        { from: 2, to: 0 },
      ]);
      expect(list.isCancelled).toBe(false);
    }
  });

  it.each([
    ["links of many other pages have come", (index: number) => `https://a.example/far/${index}`, 51],
    ["very many lines have come", () => "https://a.example/0", 4_001],
  ])("reads no more once %s", async (_name, fromOf, most) => {
    const pieces = Array.from({ length: 9_000 }, (_, index) =>
      line(fromOf(index), "https://b.example/").repeat(50),
    );
    const { stream, list } = listOf(pieces);
    await pickLinks(stream, URLS);
    expect(list.isCancelled).toBe(true);
    expect(list.asked).toBeLessThanOrEqual(most);
  });

  it("breaks where the list does", async () => {
    await expect(pickLinks(listOf(["nonsense\n"]).stream, URLS)).rejects.toThrow("JSON");
  });
});
