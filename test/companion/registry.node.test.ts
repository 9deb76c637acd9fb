import { CancelledError, gather, sleep, systemClock, VirtualClock } from "#kernel";
import { describe, expect, it } from "vitest";
import { createRegistry } from "../../companion/registry.ts";

describe("createRegistry", () => {
  it("knows what is open, from old to new, until it is disposed of", () => {
    const registry = createRegistry(systemClock);
    const first = registry.register({ kind: "service", name: "echo" });
    const second = registry.register({ kind: "echo", peer: "127.0.0.1:5", parent: first });
    expect(registry.entries().map(({ id, kind, name }) => [id, kind, name])).toEqual([
      [1, "service", "echo"],
      [2, "echo", "echo"],
    ]);
    first[Symbol.dispose]();
    expect(registry.find(1)).toBeUndefined();
    expect(registry.find(2)?.parent).toBe(first);
    second[Symbol.dispose]();
    expect(registry.size).toBe(0);
    expect(registry.register({ kind: "echo" }).id).toBe(3);
  });

  it("says where an entry was made, what it is at and what it has moved", async () => {
    const clock = new VirtualClock();
    await clock.advance(5);
    const registry = createRegistry(clock);
    let inBytes = 0;
    function openSomething() {
      return registry.register({ kind: "echo", traffic: () => ({ inBytes, outBytes: 2 * inBytes }) });
    }
    const entry = openSomething();
    expect(entry.stack[0]).toContain("openSomething");
    expect(entry.sinceMs).toBe(5);
    inBytes = 7;
    expect(registry.find(entry.id)?.traffic).toEqual({ inBytes: 7, outBytes: 14 });
    entry.state = "half-closed";
    entry.waitsFor = "drain";
    expect(registry.find(entry.id)).toMatchObject({ state: "half-closed", waitsFor: "drain" });
  });

  it("enters a task, and the tasks that the kernel starts within it, for as long as they run", async () => {
    const clock = new VirtualClock();
    const registry = createRegistry(clock);
    const wait = async () => await sleep(10, undefined, clock);
    const running = registry.run("outer", async (signal, within) => {
      await gather([wait, wait], { signal, within, clock, names: ["left", "right"] });
    });
    await clock.advance(1);
    const parents = registry.entries().map(({ name, parent }) => [name, parent?.name]);
    expect(parents).toEqual([
      ["outer", undefined],
      ["left", "outer"],
      ["right", "outer"],
    ]);
    await clock.run(running);
    expect(registry.size).toBe(0);
  });

  it("cancels a task through its entry", async () => {
    const clock = new VirtualClock();
    const registry = createRegistry(clock);
    const running = registry.run("forever", async (signal) => await sleep(1e9, signal, clock));
    const reason = new CancelledError("Enough");
    const [entry] = registry.entries();
    entry?.cancel?.(reason);
    await expect(running).rejects.toBe(reason);
    expect(registry.size).toBe(0);
  });
});
