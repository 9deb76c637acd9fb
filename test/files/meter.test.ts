import { describe, expect, it } from "vitest";
import { describeProgress, openMeter } from "../../src/files/download/meter.ts";

describe("openMeter", () => {
  it("finds slow what brings too little in ten seconds of waiting", () => {
    const meter = openMeter(100);
    meter.add(500, 9_999);
    expect(meter.isTooSlow).toBe(false);
    meter.add(1, 1);
    expect(meter.isTooSlow).toBe(true);
  });

  it("lets every window make up for its own slow moments", () => {
    const meter = openMeter(100);
    for (let window = 0; window < 5; window += 1) {
      meter.add(0, 9_000);
      meter.add(1_000, 1_000);
    }
    expect(meter.isTooSlow).toBe(false);
  });
});

describe("describeProgress", () => {
  it("tells bytes, total, rate and what is left, as far as they are known", () => {
    const meter = openMeter(0);
    expect(describeProgress(meter, undefined)).toBe("0.0 MB");
    meter.add(12_000_000, 4_000);
    expect(describeProgress(meter, 50_000_000)).toBe("12.0 of 50.0 MB, 3.0 MB/s, 13 s left");
    expect(describeProgress(meter, undefined)).toBe("12.0 MB, 3.0 MB/s");
  });
});
