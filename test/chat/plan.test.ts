import { describe, expect, it } from "vitest";
import { planRooms, type RoomsConfig } from "../../src/chat/plan.ts";
import { DEFAULT_SETTINGS } from "../../src/chat/settings.ts";

function plan(config: RoomsConfig) {
  const faults: string[] = [];
  return { ...planRooms(config, (fault) => void faults.push(fault)), faults };
}

describe("planRooms", () => {
  it("fills in what a configuration leaves out", () => {
    expect(plan({})).toEqual({ settings: DEFAULT_SETTINGS, members: {}, faults: [] });
    const { settings, faults } = plan({ retention: { messages: 5 }, flood: { connection: { burst: 50 } } });
    expect(faults).toEqual([]);
    expect(settings.retention).toEqual({ ...DEFAULT_SETTINGS.retention, messages: 5 });
    expect(settings.flood).toMatchObject({ connection: { burst: 50, perSecond: 1 }, violations: 20 });
    expect(plan({ flood: "off" })).toMatchObject({ settings: { flood: "off" }, faults: [] });
  });

  it.each([
    [{ replay: 0 }, "rooms: expected `replay` to be an integer ≥ 1, got 0"],
    [{ retention: { messages: 1.5 } }, "rooms: expected `retention.messages` to be an integer ≥ 1, got 1.5"],
    [
      { limits: { sockets: 40_000 }, split: "off" },
      "expected `limits.sockets` to be at most 32768 where `split` is off, got 40000",
    ],
    [
      { flood: { connection: { burst: "10" } } },
      'expected `flood.connection.burst` to be an integer ≥ 1, got "10"',
    ],
    [{ split: { sockets: 40_000 } }, "expected `split.sockets` to be an integer from 1 to 32768, got 40000"],
    [{ split: 0 }, "expected `split` to be an object, got 0"],
    [{ flood: "on" }, "rooms: expected `flood` to be an object, got on"],
    [{ window: { mesages: 1 } }, "there is no `window.mesages`; did you mean `messages`?"],
    [
      { limits: { frameBytes: 100 } },
      "expected `limits.frameBytes` to be at least `limits.textBytes`, got 100 and 4096",
    ],
    [
      { members: { "No Room": ["ci"] } },
      "expected `members` to name rooms of 1 to 64 of a-z, 0-9, - and _, got `No Room`",
    ],
  ])("refuses %o", (config, fault) => {
    // What the compiler refuses, too: a configuration may come from elsewhere.
    expect(plan(config as RoomsConfig).faults).toEqual([expect.stringContaining(fault)]);
  });
});
