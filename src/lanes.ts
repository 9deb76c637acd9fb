import type { Lane, OpenLane } from "./aggregate/transport.ts";

/**
 * How many sets of lanes there are at a location. An isolate draws one. With few, the lanes of a new isolate are warm
 * already; with many, two isolates seldom share.
 */
const SETS = 16;

/**
 * Makes lanes ready for an isolate. No two slices of it are ever in one lane at a time, so that a call that hangs
 * holds up nobody else; a lane that has ended its slice is the next to be taken, so that few lanes do, and are warm.
 *
 * @param random At least 0, below 1.
 * @returns What opens the lanes for a request, at the location where it came in: an object lives where it was first
 *   asked for, and a lane across the ocean would cost more than it saves.
 */
export function prepareLanes(
  lanes: DurableObjectNamespace,
  random: () => number,
): (request: Request) => OpenLane {
  const free: number[] = [];
  let made = 0;
  let set: number | undefined; // No random numbers are to be had while a Worker starts.

  return (request) => (): Lane => {
    set ??= Math.floor(random() * SETS);
    const lane = free.pop() ?? made++;
    const name = `${locationOf(request)}-${set}-${lane}`;
    return {
      send: async (slice) => await lanes.getByName(name).fetch(slice),
      [Symbol.dispose]: () => void free.push(lane),
    };
  };
}

/** Where a request came in. To be asked when a lane is opened: most requests open none, and it takes microseconds. */
function locationOf({ cf }: Request): string {
  return typeof cf?.["colo"] === "string" ? cf["colo"] : "here";
}
