import { describe, expect, it } from "vitest";
import { pauseAfter } from "../../src/crawl/pause.ts";

const pace = { latencyFactor: 5, floorMs: 500, ceilingMs: 30_000, sparesLoopback: true };
const asked = { latencyMs: 200, failures: 0, crawlDelayMs: undefined, retryAfterMs: undefined };

describe("pauseAfter", () => {
  it.each([
    ["five times what the answer took", {}, 1_000],
    ["half a second at least", { latencyMs: 10 }, 500],
    ["half a minute at most", { latencyMs: 20_000 }, 30_000],
    ["twice as long with each failure in a row", { failures: 3 }, 8_000],
    ["half a minute at most, however often it failed", { failures: 2_000 }, 30_000],
    ["what robots.txt asks for", { crawlDelayMs: 7_000 }, 7_000],
    ["what the host asks for, even if that is longer than any pause", { retryAfterMs: 90_000 }, 90_000],
  ])("is %s", (_, more, expected) => {
    expect(pauseAfter({ ...asked, ...more }, pace)).toBe(expected);
  });
});
