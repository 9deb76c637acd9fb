import type { Socket } from "node:net";
import type { Surroundings } from "../listen.ts";
import type { Entry } from "../registry.ts";
import type { ProxyOptions } from "./options.ts";
import type { Rules } from "./rules/examine.ts";
import type { Dialling } from "./upstream/dial.ts";
import type { Pool } from "./upstream/pool.ts";

/** What requests and tunnels have in common. */
export interface Forwarding extends Surroundings {
  readonly options: ProxyOptions;
  readonly rules: Rules;
  readonly dialling: Dialling;
  readonly pool: Pool;
  readonly isDraining: () => boolean;
  /** The connection in the registry that a socket is. */
  readonly entryOf: (socket: Socket) => Entry | undefined;
}
