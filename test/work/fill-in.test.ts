import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";
import { fillIn } from "../../src/work/fill-in.ts";

describe("fillIn", () => {
  it("adds what a version before this one did not know, at any depth, and changes nothing else", () => {
    const { window, limits, ...others } = DEFAULT_SETTINGS;
    const { sockets, ...lessLimits } = limits;
    const stored = { ...others, replay: 5, limits: { ...lessLimits, textBytes: 7 } };
    expect(fillIn(DEFAULT_SETTINGS, stored as never)).toEqual({
      ...DEFAULT_SETTINGS,
      window,
      replay: 5,
      limits: { ...limits, sockets, textBytes: 7 },
    });
  });

  it("leaves what is off, or on where it is off by default, and lists", () => {
    const split = { sockets: 1, relaySockets: 2 };
    const settings = { ...DEFAULT_SETTINGS, flood: "off" as const, split };
    expect(fillIn(DEFAULT_SETTINGS, settings)).toEqual(settings);
    expect(fillIn({ types: ["a", "b"] }, { types: ["c"] })).toEqual({ types: ["c"] });
  });
});
