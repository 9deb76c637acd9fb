import { describe, expect, it } from "vitest";
import { fromResponse } from "../../src/aggregate/reply.ts";

/** An answer in pieces, and how many of them were taken. */
function inPieces(pieces: number, headers: Readonly<Record<string, string>>) {
  const state = { taken: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (state.taken === pieces) {
          controller.close();
          return;
        }
        state.taken += 1;
        controller.enqueue(new TextEncoder().encode("x".repeat(10)));
      },
      cancel: () => void (state.isCancelled = true),
    },
    { highWaterMark: 0 },
  );
  return { state, reply: fromResponse(new Response(body, { headers })) };
}

describe("fromResponse", () => {
  const { signal } = new AbortController();

  it.each<[headers: Record<string, string>]>([
    [{}],
    [{ "Content-Length": "5", "Content-Encoding": "gzip" }],
    [{ "Content-Length": "5", "Transfer-Encoding": "chunked" }],
    [{ "Content-Length": "5, 5" }],
    [{ "Content-Length": "-1" }],
  ])("stops reading at the limit, whatever the fields say: %j", async (headers) => {
    const { state, reply } = inPieces(100, headers);
    await expect(reply.text(25, signal)).rejects.toMatchObject({
      fault: { kind: "too-large", limitBytes: 25 },
    });
    expect(state).toEqual({ taken: 3, isCancelled: true });
  });

  it("does not begin to read what says that it is too large", async () => {
    const { state, reply } = inPieces(100, { "Content-Length": "26" });
    await expect(reply.bytes(25, signal)).rejects.toMatchObject({ fault: { kind: "too-large" } });
    expect(state).toEqual({ taken: 0, isCancelled: true });
  });

  it.each<[headers: Record<string, string>]>([[{}], [{ "Content-Length": "20" }]])(
    "reads what fits: %j",
    async (headers) => {
      const { reply } = inPieces(2, headers);
      expect(await reply.text(20, signal)).toBe("x".repeat(20));
    },
  );
});
