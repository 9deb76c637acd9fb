import type { Clock } from "#kernel";
import { enterGate, type GateState, leaveGate, UNVISITED } from "../../src/crawl/gate.ts";
import type { GateStub } from "../../src/crawl/gate-stub.ts";
import type { Robots } from "../../src/crawl/robots.ts";

/** Gates of hosts in memory. */
export function memoryGates(clock: Clock) {
  const states = new Map<string, GateState>();
  const rules = new Map<string, Robots>();
  const gateFor = (host: string): GateStub => ({
    async enter(who, origin) {
      const [state, entry] = enterGate(states.get(host) ?? UNVISITED, who, clock.now());
      states.set(host, state);
      return await Promise.resolve(entry.isOpen ? { ...entry, robots: rules.get(origin) } : entry);
    },
    async leave(who, origin, visit) {
      states.set(host, leaveGate(states.get(host) ?? UNVISITED, who, visit, clock.now()));
      if (visit.robots !== undefined) rules.set(origin, visit.robots);
      await Promise.resolve();
    },
  });
  return { gateFor, states };
}
