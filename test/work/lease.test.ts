import { describe, expect, it } from "vitest";
import { grantLease, hasRunOut, holdsLease, renewLease } from "../../src/work/lease.ts";

describe("a lease", () => {
  it("has a fence above every one before it", () => {
    const first = grantLease(0, 1_000, 30_000);
    expect(first).toEqual({ fence: 1, untilMs: 31_000 });
    expect(grantLease(first.fence, 40_000, 30_000)).toEqual({ fence: 2, untilMs: 70_000 });
  });

  it("is held by who shows its fence, and by nobody once there is none", () => {
    const lease = grantLease(4, 0, 10);
    expect([holdsLease(lease, 5), holdsLease(lease, 4), holdsLease(undefined, 5)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("runs out unless it is renewed, which never makes it shorter", () => {
    const lease = grantLease(0, 1_000, 100);
    expect([hasRunOut(lease, 1_099), hasRunOut(lease, 1_100)]).toEqual([false, true]);
    expect(renewLease(lease, 1_050, 100)).toEqual({ fence: 1, untilMs: 1_150 });
    expect(renewLease(lease, 500, 100)).toEqual(lease);
  });
});
