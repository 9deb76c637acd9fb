import { THIS_MACHINE } from "./address-ranges.ts";
import { specialUse } from "./special-use.ts";

/** Whether a URL's host is this machine itself: an address of loopback or 0.0.0.0 in any spelling, or `localhost`. */
export function isLoopback({ hostname }: URL): boolean {
  return specialUse(hostname) === THIS_MACHINE;
}
