import { type CancelSignal, waitFor } from "./cancel.ts";
import { type Clock, systemClock } from "./clock.ts";
import { expectDuration } from "./expect.ts";

/**
 * Resolves `ms` milliseconds from now.
 *
 * @throws The reason of `signal`, at once when it aborts. {@link RangeError} when `ms` is not ≥ 0.
 */
export async function sleep(ms: number, signal?: CancelSignal, clock: Clock = systemClock): Promise<void> {
  expectDuration("ms", ms);
  await waitFor<void>(signal, (resolve) => clock.setTimer(resolve, ms));
}
