import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delayMs, lossOf } from "../../../src/chat/client/reconnect.ts";
import { CLOSE } from "../../../src/chat/wire.ts";

describe("lossOf", () => {
  it.each([
    [CLOSE.version, "final"],
    [CLOSE.auth, "final"],
    [CLOSE.kicked, "final"],
    [CLOSE.protocol, "final"],
    [CLOSE.name, "final"],
    [CLOSE.replaced, "final"],
    [CLOSE.flood, "patience"],
    [CLOSE.slow, "patience"],
    [CLOSE.full, "patience"],
    [CLOSE.noHello, "patience"],
    [CLOSE.restart, "moved"],
    [CLOSE.moved, "moved"],
    [1000, "network"],
    [1001, "network"],
    [1005, "network"],
    [1006, "network"],
    [1011, "network"],
    [1012, "network"],
    [3000, "network"],
    [4300, "network"],
  ] as const)("takes %i for %s", (code, kind) => {
    expect(lossOf(code)).toMatchObject({ kind });
  });
});

describe("delayMs", () => {
  const loss = fc.constantFrom(
    { kind: "network" } as const,
    { kind: "moved", afterMs: 0 } as const,
    { kind: "moved", afterMs: 2_000 } as const,
    { kind: "patience", afterMs: 0 } as const,
    { kind: "patience", afterMs: 30_000 } as const,
  );

  it("waits at least as long as the room asks for, and at most half a minute longer", () => {
    fc.assert(
      fc.property(
        loss,
        fc.nat(1_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (why, failures, random) => {
          const ms = delayMs(why, failures, random);
          const afterMs = "afterMs" in why ? why.afterMs : 0;
          expect(ms).toBeGreaterThanOrEqual(afterMs);
          expect(ms).toBeLessThanOrEqual(afterMs + 30_000);
        },
      ),
    );
  });

  it("spreads over all of the time it may take, which doubles", () => {
    expect([0, 1, 2, 3].map((failures) => delayMs({ kind: "network" }, failures, 1))).toEqual([
      1_000, 2_000, 4_000, 8_000,
    ]);
    expect(delayMs({ kind: "network" }, 3, 0)).toBe(0);
  });

  it("comes back within a second when it is sent elsewhere, but not again and again", () => {
    expect(delayMs({ kind: "moved", afterMs: 0 }, 0, 1)).toBe(1_000);
    expect(delayMs({ kind: "moved", afterMs: 0 }, 5, 1)).toBe(30_000);
  });
});
