import { describe, expect, it } from "vitest";
import { planCrawls } from "../../src/crawl/config.ts";
import { DEFAULT_SETTINGS } from "../../src/crawl/plan.ts";

function plan(config: object) {
  const faults: string[] = [];
  const settings = planCrawls(config, (fault) => void faults.push(fault));
  return { settings, faults };
}

describe("planCrawls", () => {
  it("fills in what is left out", () => {
    expect(plan({})).toEqual({ settings: DEFAULT_SETTINGS, faults: [] });
    const { settings, faults } = plan({ agent: "otherbot", pace: { floorMs: 10 } });
    expect(faults).toEqual([]);
    expect(settings).toEqual({
      ...DEFAULT_SETTINGS,
      agent: "otherbot",
      pace: { ...DEFAULT_SETTINGS.pace, floorMs: 10 },
    });
  });

  it.each<[config: object, fault: RegExp]>([
    [{ agent: "my bot" }, /^crawls: `agent`: expected letters, `_` and `-`, got "my bot"$/],
    [{ agent: "" }, /`agent`/],
    [{ userAgent: "a\r\nb: c" }, /`userAgent`: expected printable ASCII/],
    [{ userAgent: "bot é" }, /`userAgent`/],
    [{ types: [] }, /`types`/],
    [{ types: ["text/html", "HTML"] }, /`types.1`: expected a media type in lower case, got "HTML"/],
    [{ maxBytes: 0 }, /`maxBytes`.*got 0/],
    [{ maxBytes: 1e9 }, /`maxBytes`/],
    [{ maxLinks: 1.5 }, /`maxLinks`/],
    [{ timeoutMs: -1 }, /`timeoutMs`/],
    [{ attempts: 0 }, /`attempts`/],
    [
      { leaseMs: 39_999, timeoutMs: 30_000 },
      /^crawls: `leaseMs`: expected `timeoutMs` and 10000 at least, got 39999$/,
    ],
    [{ leaseMs: 1e9 }, /`leaseMs`/],
    [{ timeoutMs: 45_001 }, /`timeoutMs`/],
    [{ pace: { sparesLoopback: 1 } }, /`pace.sparesLoopback`/],
    [{ retentionMs: 0 }, /`retentionMs`/],
    [{ retentionMs: Infinity }, /`retentionMs`/],
    [{ pace: { floorMs: 10, ceilingMs: 5 } }, /`pace`: expected `floorMs` to be at most `ceilingMs`/],
    [{ pace: { latencyFactor: Number.NaN } }, /`pace.latencyFactor`/],
    [{ pace: { floor: 1 } }, /^crawls: there is no `pace.floor`; did you mean `floorMs`\?$/],
    [{ pace: 5 }, /^crawls: `pace`: .*expected object.*, got 5$/],
    [{ backoff: "5s" }, /^crawls: `backoff`: .*expected object.*, got "5s"$/],
    [{ userAgents: "x" }, /^crawls: there is no `userAgents`; did you mean `userAgent`\?$/],
  ])("says what is wrong with %j", (config, fault) => {
    const { faults } = plan(config);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });
});
