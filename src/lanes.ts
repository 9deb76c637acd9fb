import type { OpenLane } from "./aggregate/transport.ts";

/** How many rows of lanes there are at a location. Two requests that draw the same row share its lanes. */
const ROWS = 16;

/**
 * Opens lanes at the location where a request came in: an object lives where it was first asked for, and a lane
 * across the ocean would cost more than it saves. A request takes the first lanes of a row drawn at random: few rows,
 * so that their lanes are warm.
 */
export function openLanes(lanes: DurableObjectNamespace, request: Request): OpenLane {
  // Most requests need no lane: where they came in is looked up by the first that does.
  let row: string | undefined;
  return async (lane, slice) => {
    row ??= `${locationOf(request)}-${Math.floor(Math.random() * ROWS)}`;
    return await lanes.get(lanes.idFromName(`${row}-${lane}`)).fetch(slice);
  };
}

function locationOf({ cf }: Request): string {
  return typeof cf?.["colo"] === "string" ? cf["colo"] : "here";
}
