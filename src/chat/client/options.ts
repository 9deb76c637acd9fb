import type { Position } from "../wire.ts";
import type { SavedClient } from "./effects.ts";

/** What a client begins with. */
export interface CoreOptions {
  readonly name: string;
  readonly saved: SavedClient;
  /** The last message that its user has, if there is one. */
  readonly resume?: Position | undefined;
  /** How many missing messages are asked for; when more are, the user is told of a gap. */
  readonly mostMissing: number;
  /** From 0 to 1, anew each time. */
  readonly random: () => number;
  /** In milliseconds since 1970. Everything else goes by a clock that only runs forward. */
  readonly wallNow: () => number;
  readonly makeId: () => string;
}
