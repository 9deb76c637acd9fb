import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { encodeFrame, readFrames } from "../../src/aggregate/frames.ts";

/** A stream of bytes that arrive in pieces, each ending at a place. */
function cut(bytes: Uint8Array, places: readonly number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      let start = 0;
      for (const place of [...places, bytes.length].toSorted((a, b) => a - b)) {
        controller.enqueue(bytes.subarray(start, Math.min(place, bytes.length)));
        start = Math.min(place, bytes.length);
      }
      controller.close();
    },
  });
}

describe("frames", () => {
  it("come out as they went in, however the stream is cut", async () => {
    const frame = fc.record({ head: fc.jsonValue(), body: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(300)), async (frames, places) => {
        const parts = frames.map(({ head, body }) => encodeFrame(head, body));
        const bytes = new Uint8Array(parts.flatMap((part) => [...part]));
        const read: unknown[] = [];
        await readFrames(cut(bytes, places), ({ head, body }) => read.push({ head, body: [...body] }));
        const written = frames.map(({ head, body }) => ({
          head: JSON.parse(JSON.stringify(head)) as unknown,
          body: [...body],
        }));
        expect(read).toEqual(written);
      }),
    );
  });

  it("are put together once, however many pieces a large one comes in", async () => {
    const bytes = encodeFrame({}, new Uint8Array(4 * 1024 * 1024));
    const copied = vi.spyOn(Uint8Array.prototype, "set");
    await readFrames(
      cut(
        bytes,
        Array.from({ length: 4_096 }, (_, piece) => piece * 1_024),
      ),
      () => undefined,
    );
    const copies = copied.mock.calls.length;
    copied.mockRestore();
    expect(copies).toBeLessThan(2 * 4_096);
  });

  it("say so when the stream ends within one", async () => {
    const bytes = encodeFrame({ a: 1 }, new Uint8Array(3));
    await expect(readFrames(cut(bytes.subarray(0, -1), []), () => undefined)).rejects.toThrow(
      "The stream ended within a frame",
    );
  });
});
