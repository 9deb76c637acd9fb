import type { GateStub } from "../src/crawl/gate-stub.ts";
import type { HostGate } from "./host-gate.ts";

/** Reaches the gates of hosts. */
export function openGates(objects: DurableObjectNamespace<HostGate>): (host: string) => GateStub {
  return (host) => {
    const stub = objects.getByName(host);
    return {
      enter: async (who, origin) => await stub.enter(who, origin),
      leave: async (who, origin, visit) => await stub.leave(who, origin, visit),
    };
  };
}
