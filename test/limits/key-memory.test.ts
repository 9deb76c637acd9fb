import { describe, expect, it } from "vitest";
import { createKeyMemory } from "../../src/limits/key-memory.ts";

const seen = { policy: "demo", standings: [{ policy: "demo", remaining: 7, nextMs: 0 }] };

describe("KeyMemory", () => {
  it("spends what is in hand, the oldest first, and not when it has ended", () => {
    const memory = createKeyMemory();
    memory.receive("a", 2, 100, seen);
    memory.receive("b", 3, 200, seen);
    expect(memory.spend(0, 3)).toEqual({
      policy: "demo",
      standings: [{ policy: "demo", remaining: 9, nextMs: 0 }],
    });
    expect(memory.spend(0, 3)).toBeUndefined();
    expect(memory.spend(199, 2)).toBeDefined();
    memory.receive("c", 3, 300, seen);
    expect(memory.spend(300, 1)).toBeUndefined();
    expect([memory.drop("a"), memory.drop("b"), memory.drop("c"), memory.drop("c")]).toEqual([0, 0, 3, 0]);
  });

  it("asks in advance for what the last demand would use, growing step by step", () => {
    const memory = createKeyMemory();
    memory.spend(0, 1);
    expect(memory.extra(0, 800)).toBe(0);
    memory.receive("a", 0, 800, seen);
    memory.spend(10, 1);
    expect(memory.extra(10, 800)).toBe(4);
    memory.receive("b", 4, 810, seen);
    for (let asks = 0; asks < 5; asks += 1) memory.spend(10, 1);
    expect(memory.extra(410, 800)).toBe(10);
  });

  it("asks for nothing in advance while somebody else does, unless they never return", () => {
    const memory = createKeyMemory();
    memory.spend(0, 1);
    memory.extra(0, 800);
    for (let asks = 0; asks < 100; asks += 1) memory.spend(1, 1);
    expect(memory.extra(1, 800)).toBe(0);
    expect(memory.extra(800, 800)).toBe(100);
  });

  it("says in time that more is needed", () => {
    const memory = createKeyMemory();
    expect(memory.isLow(0)).toBe(false);
    memory.receive("a", 8, 800, seen);
    memory.spend(0, 6);
    expect(memory.isLow(0)).toBe(false);
    memory.spend(0, 1);
    expect(memory.isLow(0)).toBe(true);
    memory.extra(0, 800);
    expect(memory.isLow(0)).toBe(false);
  });
});
