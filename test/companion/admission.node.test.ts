import { describe, expect, it } from "vitest";
import { createAdmission, neighbourhoodOf } from "../../companion/admission.ts";

describe("createAdmission", () => {
  it("lets in as many as there is room for, in all and of one address", () => {
    const admit = createAdmission({ total: 3, perAddress: 2 });
    const first = admit("192.0.2.1");
    expect(admit("::ffff:192.0.2.1").ok).toBe(true);
    expect(admit("192.0.2.1")).toEqual({ ok: false, limit: "perAddress" });
    expect(admit("192.0.2.2").ok).toBe(true);
    expect(admit("192.0.2.3")).toEqual({ ok: false, limit: "total" });
    if (first.ok) first.release();
    expect(admit("192.0.2.3").ok).toBe(true);
  });

  it("counts whoever leaves twice once", () => {
    const admit = createAdmission({ total: 1, perAddress: 1 });
    const first = admit("192.0.2.1");
    if (first.ok) first.release();
    expect(admit("192.0.2.2").ok).toBe(true);
    if (first.ok) first.release();
    expect(admit("192.0.2.3").ok).toBe(false);
  });
});

describe("neighbourhoodOf", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["::1", "::/64"],
    ["local", "local"],
  ])("of %s is %s", (address, neighbourhood) => {
    expect(neighbourhoodOf(address)).toBe(neighbourhood);
  });
});
