import { describe, expect, it } from "vitest";
import { openScope, sleep, suppressed, VirtualClock, withScope } from "#kernel";

describe("openScope", () => {
  it("cancels and awaits what still runs when the block is left", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const block = async () => {
      await using scope = openScope({ clock });
      void scope.spawn("heartbeat", async (signal) => {
        await sleep(1_000, signal, clock).finally(async () => {
          await sleep(5, undefined, clock);
          log.push(`cleaned up at ${clock.now()}`);
        });
      });
      await sleep(10, scope.signal, clock);
      expect(scope.size).toBe(1);
    };
    await clock.run(block());
    expect(log).toEqual(["cleaned up at 15"]);
  });

  it("throws a child's failure from the block, and aborts the other children", async () => {
    const failure = new Error("child failed");
    let siblingReason: unknown;
    const block = async () => {
      await using scope = openScope();
      void scope.spawn("sibling", async (signal) => {
        await sleep(1_000, signal).catch((error: unknown) => (siblingReason = error));
      });
      void scope.spawn("child", async () => await Promise.reject(failure));
      await sleep(0);
    };
    await expect(block()).rejects.toBe(failure);
    expect(siblingReason).toMatchObject({ message: "`child` failed", cause: failure });
  });

  it("gives a child's result to whoever asks", async () => {
    await using scope = openScope();
    expect(await scope.spawn("child", async () => "result")).toBe("result");
  });

  it("joins children that end by themselves, and those they spawn", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const block = async () => {
      await using scope = openScope({ clock });
      void scope.spawn("first", async () => {
        await sleep(10, undefined, clock);
        void scope.spawn("second", async () => {
          await sleep(10, undefined, clock);
          log.push("second");
        });
        log.push("first");
      });
      await scope.join();
    };
    await clock.run(block());
    expect(log).toEqual(["first", "second"]);
    expect(clock.now()).toBe(20);
  });

  it("starts nothing after it was left, and says which task that was", async () => {
    const scope = openScope();
    await scope[Symbol.asyncDispose]();
    expect(() => scope.spawn("late", async () => undefined)).toThrow(
      "Cannot spawn `late`: its scope was left",
    );
  });

  it("tells of a child what it failed with, whatever a listener of another throws", async () => {
    const failure = new Error("child failed");
    const scope = openScope();
    void scope.spawn("listening", async (signal) => {
      signal.addEventListener("abort", () => {
        throw new Error("cannot bear it");
      });
      await sleep(1_000, signal);
    });
    await expect(scope.spawn("child", async () => await Promise.reject(failure))).rejects.toBe(failure);
    await expect(scope[Symbol.asyncDispose]()).rejects.toBe(failure);
    expect(suppressed(failure)).toMatchObject([{ message: "cannot bear it" }]);
  });

  it("can be left twice", async () => {
    const scope = openScope();
    void scope.spawn("child", async () => await Promise.reject(new Error("once")));
    await expect(scope[Symbol.asyncDispose]()).rejects.toThrow("once");
    await scope[Symbol.asyncDispose]();
  });
});

describe("withScope", () => {
  it("returns the body's result and cancels what still runs", async () => {
    let aborted = false;
    const result = await withScope(async (scope) => {
      void scope.spawn("heartbeat", async (signal) => {
        await sleep(1_000, signal).catch(() => (aborted = true));
      });
      return "result";
    });
    expect({ result, aborted }).toEqual({ result: "result", aborted: true });
  });

  it("throws a child's failure itself, though the body was cancelled by it", async () => {
    const failure = new Error("child failed");
    const outcome = withScope(async (scope) => {
      void scope.spawn("child", async () => await Promise.reject(failure));
      await sleep(1_000, scope.signal);
    });
    await expect(outcome).rejects.toBe(failure);
    expect(suppressed(failure)).toEqual([]);
  });

  it("throws the body's failure and keeps a child's", async () => {
    const failure = new Error("body failed");
    const later = new Error("clean-up failed");
    const outcome = withScope(async (scope) => {
      void scope.spawn("child", async (signal) => {
        await sleep(1_000, signal).catch(async () => await Promise.reject(later));
      });
      throw failure;
    });
    await expect(outcome).rejects.toBe(failure);
    expect(suppressed(failure)).toEqual([later]);
  });

  it("releases a result of the body that a child's failure keeps from its caller", async () => {
    const failure = new Error("clean-up failed");
    let released = 0;
    const outcome = withScope(async (scope) => {
      void scope.spawn("child", async (signal) => {
        await sleep(1_000, signal).catch(async () => await Promise.reject(failure));
      });
      return await Promise.resolve({ [Symbol.dispose]: () => void (released += 1) });
    });
    await expect(outcome).rejects.toBe(failure);
    expect(released).toBe(1);
  });
});
