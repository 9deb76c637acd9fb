import { describe, expect, it } from "vitest";
import { randomPool } from "../../src/http/random-pool.ts";

/** Fills with numbers that count on, so that each byte tells whether it was seen before. */
function counting() {
  let fills = 0;
  const fill = (bytes: Uint8Array<ArrayBuffer>) => {
    bytes.fill((fills += 1));
  };
  return { fill, fills: () => fills };
}

describe("randomPool", () => {
  it("asks for random bytes once for many ids", () => {
    const { fill, fills } = counting();
    const random = randomPool(fill);
    for (let ids = 0; ids < 512; ids += 1) expect(random(8)).toHaveLength(8);
    expect(fills()).toBe(1);
    random(8);
    expect(fills()).toBe(2);
  });

  it("hands out no byte twice, also when what is left does not do", () => {
    const pool: number[] = [];
    let next = 0;
    const random = randomPool((bytes) => {
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = (next += 1) % 251;
    });
    for (let turn = 0; turn < 300; turn += 1) pool.push(...random(16).slice(), ...random(9).slice());
    // The bytes come in the order in which they were made; what did not do was left out.
    const steps = pool.slice(1).map((byte, index) => (byte - (pool[index] ?? 0) + 251) % 251);
    expect(steps.every((step) => step > 0)).toBe(true);
  });
});
