import { type Clock, sleep } from "#kernel";
import type { Limiter } from "../../src/limits/decision.ts";
import { createLimiter } from "../../src/limits/limiter.ts";
import type { PolicySet } from "../../src/limits/policy.ts";
import type { LimiterStub, WaitAnswer } from "../../src/limits/stub.ts";

/** Limiter objects in memory, so many milliseconds away. */
export function fakeLimiters(clock: Clock, latencyMs: () => number = () => 1) {
  const limiters = new Map<string, Limiter>();
  const waiting = new Map<string, (answer: WaitAnswer) => void>();
  const state = { calls: 0, fails: undefined as Error | undefined, isSilent: false };

  const nowMs = () => Math.floor(clock.now());

  const limiterFor = (name: string): LimiterStub => {
    const run = <T>(set: PolicySet, act: (limiter: Limiter) => T): T => {
      const limiter = limiters.get(name) ?? createLimiter(set, nowMs());
      limiters.set(name, limiter);
      const answer = act(limiter);
      for (const id of limiter.granted()) waiting.get(id)?.({ state: "granted", policy: "", standings: [] });
      const dueMs = limiter.dueMs();
      if (dueMs !== undefined)
        clock.setTimer(() => run(set, (one) => one.advance(nowMs())), Math.max(0, dueMs - nowMs()));
      return answer;
    };
    const call = async <T>(set: PolicySet, act: (limiter: Limiter) => T): Promise<T> => {
      state.calls += 1;
      await sleep(latencyMs(), undefined, clock);
      if (state.isSilent) await new Promise(() => undefined);
      if (state.fails !== undefined) throw state.fails;
      // The way back takes no time: what is granted is used when it is granted, or later from a lease.
      return run(set, act);
    };
    return {
      take: async (set, cost) => await call(set, (limiter) => limiter.tryTake(nowMs(), cost)),
      lease: async (set, request) => await call(set, (limiter) => limiter.lease(nowMs(), request)),
      giveBack: async (set, id, unused) =>
        await call(set, (limiter) => limiter.giveBack(nowMs(), id, unused)),
      cancel: async (set, id) => await call(set, (limiter) => void limiter.cancel(nowMs(), id)),
      look: async (set) => await call(set, (limiter) => limiter.look(nowMs())),
      async wait({ set, request, returns }, signal) {
        state.calls += 1;
        await sleep(latencyMs(), signal, clock);
        if (state.fails !== undefined) throw state.fails;
        const answer = run(
          set,
          (limiter) =>
            (returns ? limiter.claim(nowMs(), request.id) : undefined) ?? limiter.wait(nowMs(), request),
        );
        if (answer.state === "reserved") return { state: "reserved", inMs: answer.notBeforeMs - nowMs() };
        if (answer.state !== "waiting") return answer;
        return await new Promise((resolve, reject) => {
          waiting.set(request.id, resolve);
          const leave = () => {
            run(set, (limiter) => limiter.cancel(nowMs(), request.id));
            reject(signal.reason);
          };
          signal.addEventListener("abort", leave, { once: true });
        });
      },
    };
  };
  return { state, limiterFor };
}
