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
  it("hands the platform one promise for all holds that overlap, which lasts as long as they do", async () => {
    const { waitUntil, held, settled } = platform();
    const keepAlive = createKeepAlive(waitUntil);
    const [one, other] = [keepAlive(), keepAlive()];
    expect(held).toHaveLength(1);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    await Promise.resolve();
    expect(settled).toHaveLength(0);
    other[Symbol.dispose]();
    await Promise.resolve();
    expect(settled).toHaveLength(1);
  });

  it("hands it another for what begins later, and none where nothing begins", async () => {
    const { waitUntil, held, settled } = platform();
    const keepAlive = createKeepAlive(waitUntil);
    expect(held).toHaveLength(0);
    keepAlive()[Symbol.dispose]();
    keepAlive()[Symbol.dispose]();
    await Promise.resolve();
    expect(held).toHaveLength(2);
    expect(settled).toHaveLength(2);
  });
});
