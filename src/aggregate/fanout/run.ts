import {
  CancelledError,
  type CancelSignal,
  type Clock,
  gather,
  isCancellation,
  linkAbort,
  Semaphore,
} from "#kernel";
import type { GuardPolicy } from "../../http/address-guard.ts";
import type { Transport } from "../transport.ts";
import { type ItemResult, type ItemWorld, runItem } from "./item.ts";
import { type Fanout, LIMITS } from "./request.ts";

/** What a fan-out came to. */
export interface FanoutResult {
  /** Those that ended, in the order of the request. In mode `first` and `all`, the others were cancelled. */
  readonly results: readonly ItemResult[];
  /** Whether the mode's promise was kept: all succeeded, one succeeded, or (settled) all ended. */
  readonly ok: boolean;
  readonly durationMs: number;
}

interface FanoutContext {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly policy: GuardPolicy;
  /** Is told of each item as it ends. */
  readonly onResult?: (result: ItemResult) => void;
}

/**
 * Runs a fan-out. Settles when no call is left open.
 *
 * @throws The reason of `signal` when the client leaves.
 */
export async function runFanout(
  { items, mode, concurrency, deadlineMs }: Fanout,
  parent: CancelSignal,
  { clock, transport, policy, onResult }: FanoutContext,
): Promise<FanoutResult> {
  const beganMs = clock.now();
  const now = () => clock.now() - beganMs;
  let budget: number = LIMITS.totalBytes;
  const world: ItemWorld = {
    clock,
    transport,
    policy,
    now,
    remainingMs: () => Math.max(0, deadlineMs - now()),
    leftBytes: () => budget,
    take: (bytes) => (budget -= bytes) >= 0,
  };
  const places = concurrency === undefined ? undefined : new Semaphore(concurrency);
  const results: (ItemResult | undefined)[] = Array.from({ length: items.length });
  using decided = linkAbort(parent);

  const tasks = items.map((item, index) => async (signal: CancelSignal) => {
    try {
      using _place = await places?.acquire(signal);
      const result = await runItem(item, signal, world);
      results[index] = result;
      onResult?.(result);
      const isDecided = mode === "first" ? result.ok : mode === "all" && !result.ok;
      if (isDecided) decided.abort(new CancelledError("The outcome is decided"));
    } catch (error) {
      if (!isCancellation(error, signal)) throw error;
    }
  });
  await gather(tasks, { signal: decided.signal, clock });
  parent.throwIfAborted();

  const ended = results.filter((result) => result !== undefined);
  const ok =
    mode === "settled" ||
    (mode === "first" ? ended.some((result) => result.ok) : ended.every((result) => result.ok));
  return { results: ended, ok, durationMs: now() };
}
