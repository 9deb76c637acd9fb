import type { Entry, Visit } from "./gate.ts";

/** The gate of a host, wherever it is. Everything may fail, as calls to elsewhere do. */
export interface GateStub {
  /** Asks to be let in, and what the host's robots.txt says of this origin of it. */
  enter(who: string, origin: string): Promise<Entry>;
  leave(who: string, origin: string, visit: Visit): Promise<void>;
}
