import { describe, expect, it } from "vitest";
import { createKeepAlive } from "../../src/http/keep-alive.ts";

/** A platform that knows how much it waits for. */
function platform() {
  const held: Promise<void>[] = [];
  const settled: Promise<void>[] = [];
  const waitUntil = (work: Promise<void>) => {
    held.push(work);
    void work.then(() => settled.push(work));
  };
  return { waitUntil, held, settled };
}

describe("createKeepAlive", () => {
  it("hands the platform nothing of a request that ends with what it began", () => {
    const { waitUntil, held } = platform();
    const keepAlive = createKeepAlive(waitUntil);
    const hold = keepAlive.hold();
    expect(held).toHaveLength(0);
    hold[Symbol.dispose]();
    keepAlive.end();
    expect(held).toHaveLength(0);
  });

  it("hands it one promise at the request's end for all that goes on, which lasts as long as they do", async () => {
    const { waitUntil, held, settled } = platform();
    const keepAlive = createKeepAlive(waitUntil);
    const [one, other] = [keepAlive.hold(), keepAlive.hold()];
    keepAlive.end();
    keepAlive.end();
    expect(held).toHaveLength(1);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    await Promise.resolve();
    expect(settled).toHaveLength(0);
    other[Symbol.dispose]();
    await Promise.resolve();
    expect(settled).toHaveLength(1);
  });

  it("hands it another at once for what begins after the end, as a stream does that goes on", async () => {
    const { waitUntil, held, settled } = platform();
    const keepAlive = createKeepAlive(waitUntil);
    keepAlive.end();
    expect(held).toHaveLength(0);
    keepAlive.hold()[Symbol.dispose]();
    const second = keepAlive.hold();
    await Promise.resolve();
    expect(held).toHaveLength(2);
    expect(settled).toHaveLength(1);
    second[Symbol.dispose]();
    await Promise.resolve();
    expect(settled).toHaveLength(2);
  });
});
