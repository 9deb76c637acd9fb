import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  Channel,
  firstSuccess,
  gather,
  mapConcurrent,
  openScope,
  retry,
  Semaphore,
  settle,
  shareInFlight,
  withTimeout,
} from "#kernel";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe("100,000 rounds of every operation under one long-lived signal", () => {
  it("leave the heap flat", async () => {
    const { signal } = new AbortController();
    const semaphore = new Semaphore(1);
    const channel = new Channel<number>(1);
    const flights = shareInFlight<number>();
    const one = async () => 1;
    const policy = { attempts: 1, baseMs: 0, capMs: 0, isRetryable: () => true };
    const round = async () => {
      await gather([one, one], { signal });
      await settle([one, one], { signal });
      await firstSuccess([one, one], { signal, staggerMs: 1_000 });
      await withTimeout(one, 1_000, { signal });
      await retry(one, policy, { signal });
      await flights.share("key", one, signal);
      await using scope = openScope({ signal });
      await scope.spawn("one", one);
      using _permit = await semaphore.acquire(signal);
      await channel.send(1, signal);
      await channel.receive(signal);
      channel.done();
      for await (const _ of mapConcurrent([1], 1, one, { signal }));
    };
    for (let warmUp = 0; warmUp < 2_000; warmUp += 1) await round();
    const before = heapBytes();
    for (let index = 0; index < 100_000; index += 1) await round();
    // One listener or timer left a round would be tens of megabytes.
    expect((heapBytes() - before) / 100_000).toBeLessThan(10);
  }, 60_000);
});
