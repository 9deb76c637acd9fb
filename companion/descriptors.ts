import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import type { Clock } from "#kernel";
import type { Log } from "./log.ts";

const EVERY_MS = 1_000;
/** It is said no more often than this. */
const QUIET_MS = 60_000;

/**
 * Says when there is no descriptor left: libuv then closes whoever comes, and neither it nor Node (seen in 24.21.0) tells
 * of that.
 *
 * @param take Takes a descriptor and gives it back.
 */
export function watchDescriptors(clock: Clock, log: Log, take = takeOne): Disposable {
  let quietUntilMs = -Infinity;
  const look = () => {
    cancel = clock.setTimer(look, EVERY_MS);
    if (clock.now() < quietUntilMs) return;
    try {
      take();
    } catch (error) {
      quietUntilMs = clock.now() + QUIET_MS;
      log.error({ event: "descriptors-exhausted", err: error });
    }
  };
  let cancel = clock.setTimer(look, EVERY_MS);
  return { [Symbol.dispose]: () => cancel() };
}

function takeOne(): void {
  closeSync(openSync(devNull, "r"));
}
