import type { OpenLane } from "./aggregate/transport.ts";

/** How many lanes there are at a location: enough for some requests of full width at a time. */
const POOL_SIZE = 256;

/**
 * Opens lanes at the location where a request came in: an object lives where it was first asked for, and a lane
 * across the ocean would cost more than it saves. A request takes neighbours, from a place drawn at random, so that
 * two requests seldom meet in one lane and most lanes are warm.
 */
export function openLanes(lanes: DurableObjectNamespace, { cf }: Request): OpenLane {
  const location = typeof cf?.["colo"] === "string" ? cf["colo"] : "here";
  const first = Math.floor(Math.random() * POOL_SIZE);
  return async (lane, request) => {
    const name = `${location}-${(first + lane) % POOL_SIZE}`;
    return await lanes.get(lanes.idFromName(name)).fetch(request);
  };
}
