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
    [{ replay: 0 }, "rooms: expected `replay` to be an integer from 1 to 10000, got 0"],
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
    [null, "rooms: expected an object, got null"],
    [[], "rooms: expected an object, got []"],
    [{ dedupeMs: 60_000 }, "expected `dedupeMs` to be an integer ≥ 600000, got 60000"],
    [{ replay: 1_000_000 }, "expected `replay` to be an integer from 1 to 10000, got 1000000"],
    [
      { window: { messages: 1_000_000 } },
      "expected `window.messages` to be an integer from 1 to 10000, got 1000000",
    ],
    [
      { window: { bytes: 4_096 } },
      "expected `window.bytes` to be at least 4 times `limits.textBytes`, got 4096 and 4096",
    ],
    [{ retention: null }, "expected `retention` to be an object, got null"],
    [{ retention: [5] }, "expected `retention` to be an object, got 5"],
    [{ members: "ops" }, 'expected `members` to be an object, got "ops"'],
    [{ members: { staff: "ops" } }, 'expected `members.staff` to be a list of names of tokens, got "ops"'],
    [{ members: { staff: [1] } }, "expected `members.staff` to be a list of names of tokens, got [1]"],
    [
      { members: { "No Room": ["ci"] } },
      "expected `members` to name rooms of 1 to 64 of a-z, 0-9, - and _, got `No Room`",
    ],
  ])("refuses %o", (config, fault) => {
    // What the compiler refuses, too: a configuration may come from elsewhere.
    expect(plan(config as RoomsConfig).faults).toEqual([expect.stringContaining(fault)]);
  });
});
